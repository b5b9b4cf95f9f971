//! System calls by seccomp(2), in two filters.
//!
//! The first knows what cardd calls; what it does not know is answered with ENOSYS, as by a kernel
//! that is older, so that a C library that is newer falls back on what it is used to. The second
//! refuses, with EPERM, what must never succeed, by number or by arguments. Where both refuse, the
//! second is heard.

mod used;

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, apply_filter,
};

use super::Part;

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// ioctl(2) on sockets and terminals: (not) blocking, close on exec, bytes waiting, is it a
/// terminal, how wide is it.
const IOCTLS: [u64; 5] = [
    libc::FIONBIO,
    libc::FIOCLEX,
    libc::FIONREAD,
    libc::TCGETS,
    libc::TIOCGWINSZ,
];

/// prctl(2): names of threads and of memory.
const PRCTLS: [u64; 3] = [
    libc::PR_SET_NAME as u64,
    libc::PR_GET_NAME as u64,
    libc::PR_SET_VMA as u64,
];

/// Never, whatever the arguments.
const NEVER: [i64; 8] = [
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    // Every socket that listens did so before.
    libc::SYS_bind,
    libc::SYS_listen,
    // Both filters are there.
    libc::SYS_seccomp,
];

/// Confines the calling thread and those that it starts.
#[must_use]
pub fn confine() -> Part {
    match apply() {
        Ok(()) => Part::InForce,
        Err(error) => Part::missing(
            "no filter of system calls; it takes a kernel with CONFIG_SECCOMP_FILTER",
            &error,
        ),
    }
}

fn apply() -> Result<(), seccompiler::Error> {
    apply_filter(&known()?)?;
    apply_filter(&refused()?)
}

fn known() -> Result<BpfProgram, seccompiler::Error> {
    let rules = used::SYSTEM_CALLS
        .iter()
        .map(|call| (*call, Vec::new()))
        .collect();
    let unknown = SeccompAction::Errno(libc::ENOSYS as u32);
    compile(rules, unknown, SeccompAction::Allow)
}

fn refused() -> Result<BpfProgram, seccompiler::Error> {
    let mut rules: Rules = NEVER.iter().map(|call| (*call, Vec::new())).collect();
    let by_arguments = [
        (libc::SYS_socket, not_among(0, &[libc::AF_UNIX as u64])?),
        (libc::SYS_socketpair, not_among(0, &[libc::AF_UNIX as u64])?),
        (libc::SYS_ioctl, not_among(1, &IOCTLS)?),
        (libc::SYS_prctl, not_among(0, &PRCTLS)?),
        // A process, where a thread is meant.
        (libc::SYS_clone, bits(0, libc::CLONE_THREAD as u64, 0)?),
        (libc::SYS_mmap, executable()?),
        (libc::SYS_mprotect, executable()?),
    ];
    rules.extend(by_arguments.map(|(call, rule)| (call, vec![rule])));
    let refuse = SeccompAction::Errno(libc::EPERM as u32);
    compile(rules, SeccompAction::Allow, refuse)
}

fn compile(
    rules: Rules,
    otherwise: SeccompAction,
    on_match: SeccompAction,
) -> Result<BpfProgram, seccompiler::Error> {
    let here: TargetArch = std::env::consts::ARCH.try_into()?;
    Ok(SeccompFilter::new(rules, otherwise, on_match, here)?.try_into()?)
}

type Backend = seccompiler::BackendError;

/// Matches if the argument is none of these.
fn not_among(argument: u8, permitted: &[u64]) -> Result<SeccompRule, Backend> {
    let differs = |value: &u64| {
        SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, *value)
    };
    SeccompRule::new(permitted.iter().map(differs).collect::<Result<_, _>>()?)
}

/// Matches if these bits of the argument have this value.
fn bits(argument: u8, mask: u64, value: u64) -> Result<SeccompRule, Backend> {
    let operator = SeccompCmpOp::MaskedEq(mask);
    let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value)?;
    SeccompRule::new(vec![condition])
}

/// Memory that can be run: all code is loaded by now.
fn executable() -> Result<SeccompRule, Backend> {
    let run = libc::PROT_EXEC as u64;
    bits(2, run, run)
}
