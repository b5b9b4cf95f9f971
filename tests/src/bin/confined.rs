//! Confines itself as the daemon does, then tries what a program that took it over would try, and
//! says of each whether it succeeded: `NAME ok` or `NAME failed: CAUSE`, a line each.
//!
//! `confined WALLS DIR`, where WALLS is `none`, `files`, `system-calls` or `both`, and DIR holds
//! `kept`, `read`, `outside` (with a `file` each) and a listening socket `socket`.

#![expect(clippy::print_stdout, reason = "its output is what it is for")]

use std::{
    fs, io,
    net::{TcpListener, TcpStream},
    os::unix::{
        net::{UnixListener, UnixStream},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::Command,
};

use cardd::sandbox::{self, Needs, files, system_calls};
use nix::{
    sys::{ptrace, signal},
    unistd::Pid,
};
use rustix::process::{DumpableBehavior, set_dumpable_behavior};

type Attempt = (&'static str, Box<dyn Fn() -> io::Result<()>>);

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let walls = arguments.next().unwrap_or_default();
    let dir = PathBuf::from(arguments.next().unwrap_or_default());
    // A process that may be looked at: our parent, who waits for us.
    let parent = Pid::parent();
    let port = TcpListener::bind("127.0.0.1:0")?;
    let address = port.local_addr()?;
    build_walls(&walls, &dir)?;
    // The walls hold for threads that are started later, as all of the daemon's are.
    let trying = std::thread::spawn(move || {
        let mut attempts = inside(dir.clone());
        attempts.extend(outside(dir));
        attempts.extend(beyond(address, parent));
        attempts.into_iter().for_each(report);
    });
    trying.join().map_err(|_| io::ErrorKind::Other)?;
    report(("exec", Box::new(|| Err(Command::new("/bin/true").exec()))));
    Ok(())
}

fn build_walls(walls: &str, dir: &Path) -> io::Result<()> {
    let needs = Needs {
        kept: vec![dir.join("kept")],
        read: vec![dir.join("read")],
        left: Vec::new(),
    };
    let built = match walls {
        "none" => Vec::new(),
        "files" => vec![files::confine(&needs)],
        "system-calls" => vec![system_calls::confine()],
        _ => <[_; 2]>::from(sandbox::enter(&needs)).to_vec(),
    };
    match built.iter().find(|part| !part.is_whole()) {
        None => Ok(()),
        Some(part) => Err(io::Error::other(part.to_string())),
    }
}

/// What the daemon goes on doing.
fn inside(dir: PathBuf) -> Vec<Attempt> {
    let (kept, read) = (dir.join("kept"), dir.join("read"));
    let made = kept.clone();
    vec![
        (
            "replace-in-kept",
            Box::new(move || {
                fs::write(made.join("new"), "x")?;
                fs::rename(made.join("new"), made.join("file"))
            }),
        ),
        (
            "directories-in-kept",
            Box::new(move || {
                fs::create_dir(kept.join("chain.new"))?;
                fs::rename(kept.join("chain.new"), kept.join("chain"))?;
                fs::remove_dir(kept.join("chain"))
            }),
        ),
        (
            "read-in-read",
            Box::new(move || fs::read(read.join("file")).map(drop)),
        ),
        (
            "call-socket",
            Box::new(move || UnixStream::connect(dir.join("socket")).map(drop)),
        ),
        (
            "thread",
            Box::new(|| std::thread::Builder::new().spawn(|| ()).map(drop)),
        ),
    ]
}

/// Other files.
fn outside(dir: PathBuf) -> Vec<Attempt> {
    let (read, outside) = (dir.join("read"), dir.join("outside"));
    let (listed, made) = (read.clone(), outside.clone());
    vec![
        (
            "read-password-file",
            Box::new(|| fs::read("/etc/passwd").map(drop)),
        ),
        (
            "read-outside",
            Box::new(move || fs::read(outside.join("file")).map(drop)),
        ),
        (
            "make-outside",
            Box::new(move || fs::write(made.join("new"), "x")),
        ),
        (
            "write-in-read",
            Box::new(move || fs::write(read.join("file"), "x")),
        ),
        (
            "list-read",
            Box::new(move || fs::read_dir(&listed).map(drop)),
        ),
        (
            "own-memory",
            Box::new(|| fs::File::open("/proc/self/mem").map(drop)),
        ),
    ]
}

/// Programs, ports, other processes.
fn beyond(address: std::net::SocketAddr, parent: Pid) -> Vec<Attempt> {
    let socket = std::env::temp_dir().join(format!("confined-{}", std::process::id()));
    vec![
        (
            "start-program",
            Box::new(|| Command::new("/bin/true").status().map(drop)),
        ),
        (
            "bind-port",
            Box::new(|| TcpListener::bind("127.0.0.1:0").map(drop)),
        ),
        (
            "call-port",
            Box::new(move || TcpStream::connect(address).map(drop)),
        ),
        (
            "bind-socket",
            Box::new(move || {
                UnixListener::bind(&socket)?;
                fs::remove_file(&socket)
            }),
        ),
        (
            "ptrace",
            // The end of this process lets go of it.
            Box::new(move || Ok(ptrace::seize(parent, ptrace::Options::empty())?)),
        ),
        ("signal", Box::new(move || Ok(signal::kill(parent, None)?))),
        (
            "dumpable",
            Box::new(|| Ok(set_dumpable_behavior(DumpableBehavior::Dumpable)?)),
        ),
    ]
}

fn report((name, attempt): Attempt) {
    match attempt() {
        Ok(()) => println!("{name} ok"),
        Err(error) => println!("{name} failed: {error}"),
    }
}
