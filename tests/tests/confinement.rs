//! Whoever takes cardd over by a flaw finds little to work with: no other file, no program, no port,
//! no other process, and no memory for others to read.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::net::UnixListener,
    path::Path,
    process::{Command, Stdio},
};

use cardd_tests::{
    daemon::cardd,
    desk::Desk,
    memory::can_search,
    stand::{Plan, Stand},
    strace,
};
use hall_client::{ProtectedPart, ProtectionState};
use rustix::process::Signal;

/// The user that cardd becomes in these tests: there is one of that name everywhere.
const USER: &str = "nobody";

/// What `confined` could do, and could not, behind these walls.
fn tried(walls: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let dir = tempfile::tempdir().unwrap();
    for folder in ["kept", "read", "outside"] {
        fs::create_dir(dir.path().join(folder)).unwrap();
        fs::write(dir.path().join(folder).join("file"), "x").unwrap();
    }
    let _listening = UnixListener::bind(dir.path().join("socket")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_confined"))
        .arg(walls)
        .arg(dir.path())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said} {:?}", output.stderr);
    let name = |line: &str| line.split(' ').next().unwrap().to_owned();
    let (could, could_not): (Vec<_>, Vec<_>) = said.lines().partition(|line| line.ends_with(" ok"));
    (
        could.into_iter().map(name).collect(),
        could_not.into_iter().map(name).collect(),
    )
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

const WORK: [&str; 5] = [
    "replace-in-kept",
    "directories-in-kept",
    "read-in-read",
    "call-socket",
    "thread",
];
const OTHER_FILES: [&str; 6] = [
    "read-password-file",
    "read-outside",
    "make-outside",
    "write-in-read",
    "list-read",
    "own-memory",
];

/// Without walls everything succeeds: the attempts are real. (The last one becomes another program,
/// which says nothing.)
#[test]
fn without_walls_everything_can_be_done() {
    let (could, could_not) = tried("none");
    assert_eq!(could_not, BTreeSet::new());
    assert_eq!(could.len(), WORK.len() + OTHER_FILES.len() + 7);
}

#[test]
fn a_confined_process_does_its_work_and_nothing_else() {
    let (could, could_not) = tried("both");
    assert_eq!(could, names(&WORK));
    let refused = [
        OTHER_FILES.as_slice(),
        &["start-program", "exec", "bind-port", "call-port"],
        &["bind-socket", "ptrace", "signal", "dumpable"],
    ];
    assert_eq!(could_not, names(&refused.concat()));
}

/// Each wall holds by itself: a kernel may have only one of them.
#[test]
fn each_wall_holds_by_itself() {
    let (_, by_files) = tried("files");
    let expected = [
        OTHER_FILES.as_slice(),
        &["start-program", "exec", "bind-port", "call-port"],
        &["bind-socket", "ptrace", "signal"],
    ];
    assert_eq!(by_files, names(&expected.concat()));
    let (could, by_calls) = tried("system-calls");
    assert!(could.is_superset(&names(&WORK)));
    let expected = ["start-program", "exec", "bind-port", "call-port"];
    let also = ["bind-socket", "ptrace", "signal", "dumpable"];
    assert_eq!(by_calls, names(&[expected, also].concat()));
}

/// Lines of `/proc/PID/status`.
fn status(pid: u32) -> BTreeMap<String, String> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let pair = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((
            name.to_owned(),
            value.split_whitespace().collect::<Vec<_>>().join(" "),
        ))
    };
    text.lines().filter_map(pair).collect()
}

/// A stand whose cardd gave up being root, with a card that was identified: everything works.
async fn as_nobody() -> (Stand, Desk) {
    let stand = Stand::start(&Plan::with_cards(&["w2"]).user(USER)).unwrap();
    let desk = Desk::at(&stand, "counter").await.unwrap();
    stand.rack().unwrap().insert("a", "w2").unwrap();
    desk.card(&stand.reader("a")).await.unwrap();
    (stand, desk)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_daemon_is_confined_in_every_thread() {
    if !can_search() {
        return;
    }
    let (stand, desk) = as_nobody().await;
    let pid = stand.cardd.pid().unwrap();
    let nobody = nix::unistd::User::from_name(USER).unwrap().unwrap().uid;
    let threads: Vec<_> = fs::read_dir(format!("/proc/{pid}/task")).unwrap().collect();
    assert!(threads.len() > 4, "{threads:?}");
    for thread in threads {
        let id = thread.unwrap().file_name().into_string().unwrap();
        let status = status(id.parse().unwrap());
        assert_eq!(status["NoNewPrivs"], "1");
        assert_eq!(
            (&*status["Seccomp"], &*status["Seccomp_filters"]),
            ("2", "2")
        );
        assert_eq!(
            status["Uid"],
            format!("{nobody} {nobody} {nobody} {nobody}")
        );
        assert_eq!(status["CapEff"], "0000000000000000");
    }
    let said = desk.terminal.status().await.unwrap().protection;
    let of = |part| said.iter().find(|said| said.part == part).unwrap().state;
    for part in [
        ProtectedPart::User,
        ProtectedPart::Files,
        ProtectedPart::SystemCalls,
    ] {
        assert_eq!(of(part), ProtectionState::InForce, "{said:?}");
    }
}

/// What is mapped of the locked memory and of all that was touched, in KiB.
fn locked_and_resident(pid: u32) -> (u64, u64) {
    let status = status(pid);
    let kib = |name: &str| status[name].trim_end_matches(" kB").parse().unwrap();
    (kib("VmLck"), kib("VmRSS"))
}

/// The status tells the truth about memory, whatever may be locked here.
#[tokio::test(flavor = "multi_thread")]
async fn memory_is_locked_or_the_status_says_why_not() {
    if !can_search() {
        return;
    }
    let stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    let desk = Desk::at(&stand, "counter").await.unwrap();
    let said = desk.terminal.status().await.unwrap().protection;
    let memory = said.iter().find(|said| said.part == ProtectedPart::Memory);
    let memory = memory.unwrap();
    let (locked, resident) = locked_and_resident(stand.cardd.pid().unwrap());
    if memory.state == ProtectionState::InForce {
        assert!(locked >= resident, "{locked} of {resident} KiB");
    } else {
        assert_eq!(locked, 0);
        assert!(memory.detail.contains("LimitMEMLOCK"), "{memory:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn too_small_a_limit_is_told_and_the_terminal_works() {
    if !can_search() {
        return;
    }
    let (stand, desk) = as_nobody().await;
    let limits = fs::read_to_string(format!("/proc/{}/limits", stand.cardd.pid().unwrap()));
    let unlimited = limits
        .unwrap()
        .lines()
        .any(|line| line.starts_with("Max locked memory") && line.contains("unlimited"));
    let said = desk.terminal.status().await.unwrap().protection;
    let memory = said.iter().find(|said| said.part == ProtectedPart::Memory);
    let expected = if unlimited {
        ProtectionState::InForce
    } else {
        ProtectionState::Missing
    };
    assert_eq!(memory.unwrap().state, expected, "{said:?}");
}

/// Whether a process of cardd's own user opens this file.
fn opens(path: &Path) -> bool {
    let mut command = Command::new("setpriv");
    command.args(["--reuid", USER, "--regid", "nogroup", "--clear-groups"]);
    command.args(["sh", "-c", "exec 3<\"$1\"", "sh"]).arg(path);
    command.stderr(Stdio::null()).status().unwrap().success()
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_of_the_same_user_reads_nothing() {
    if !can_search() {
        return;
    }
    let (stand, _desk) = as_nobody().await;
    let secret = |pid: u32| {
        let files = ["mem", "maps", "environ", "fd/0", "auxv"];
        files.map(|file| Path::new("/proc").join(pid.to_string()).join(file))
    };
    let cardd = stand.cardd.pid().unwrap();
    for path in secret(cardd) {
        assert!(!opens(&path), "{}", path.display());
    }
    let limits = fs::read_to_string(format!("/proc/{cardd}/limits")).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"));
    let words: Vec<_> = core.unwrap().split_whitespace().collect();
    assert_eq!(words.get(4..6), Some(["0", "0"].as_slice()));
    // The look is real: a process that did not hide itself is open to its user.
    let mut plain = Command::new("setpriv")
        .args(["--reuid", USER, "--regid", "nogroup", "--clear-groups"])
        .args(["cat"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Once it repeats a line, it is the program and the user that it is meant to be.
    writeln!(plain.stdin.as_mut().unwrap(), "here").unwrap();
    let mut line = String::new();
    let mut said = BufReader::new(plain.stdout.take().unwrap());
    said.read_line(&mut line).unwrap();
    assert_eq!(line, "here\n");
    let [memory, maps, ..] = secret(plain.id());
    let open = opens(&memory) && opens(&maps);
    plain.kill().unwrap();
    plain.wait().unwrap();
    assert!(open);
}

#[test]
fn a_user_that_is_not_there_stops_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("cardd.toml");
    let text = "[sandbox]\nuser = \"no-such-user\"\n[[desk]]\nname = \"a\"\nkind = \"kiosk\"\n";
    let socket = dir.path().join("a.sock");
    fs::write(&config, format!("{text}socket = {socket:?}\n")).unwrap();
    let output = cardd(&["serve", "--config", config.to_str().unwrap()]).unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no-such-user"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_switched_off_is_told() {
    let plan = Plan::with_cards(&["w2"]).config("[sandbox]\nconfine = false\nlock_memory = false");
    let stand = Stand::start(&plan).unwrap();
    let desk = Desk::at(&stand, "counter").await.unwrap();
    let said = desk.terminal.status().await.unwrap().protection;
    let off = said
        .iter()
        .filter(|said| said.state == ProtectionState::Off);
    assert_eq!(off.count(), 3, "{said:?}");
    assert_eq!(status(stand.cardd.pid().unwrap())["Seccomp"], "0");
}

/// A kernel without Landlock and without filters of system calls, as `strace` plays it.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_kernel_lacks_is_told_and_the_terminal_works() {
    if !strace::works() {
        return;
    }
    let mut stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    stand.cardd.end(Signal::TERM).unwrap();
    let lacks = strace::spoiling("landlock_create_ruleset,seccomp", "error=ENOSYS");
    stand.cardd.under(&lacks);
    stand.cardd.spawn().unwrap();
    let desk = Desk::at(&stand, "counter").await.unwrap();
    stand.rack().unwrap().insert("a", "w2").unwrap();
    desk.card(&stand.reader("a")).await.unwrap();
    let said = desk.terminal.status().await.unwrap().protection;
    let log = stand.cardd.log().unwrap();
    for (part, way_out) in [
        (ProtectedPart::Files, "Linux 5.13"),
        (ProtectedPart::SystemCalls, "CONFIG_SECCOMP_FILTER"),
    ] {
        let told = said.iter().find(|told| told.part == part).unwrap();
        assert_eq!(told.state, ProtectionState::Missing, "{said:?}");
        assert!(told.detail.contains(way_out), "{told:?}");
        assert!(log.contains(&told.detail), "{part:?}");
    }
}
