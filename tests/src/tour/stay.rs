//! What the reader can do next, and the wait for the end.

use std::{
    io::{self, BufRead as _, IsTerminal as _},
    path::Path,
};

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::oneshot,
};

use super::{
    TourError,
    cast::{Cast, SLOT},
    page::Page,
};
use crate::{daemon::program, hall::own_user, pcscd::SOCKET_VARIABLE};

/// What ends the stay.
pub(super) struct End {
    terminate: Signal,
    interrupt: Signal,
}

impl End {
    /// Listens from now on: a signal that comes early is not lost.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// SIGTERM or SIGINT.
    pub(super) async fn signal(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// A signal, or Enter.
    pub(super) async fn wait(&mut self) {
        let enter = enter();
        tokio::select! {
            () = self.signal() => {}
            Ok(()) = enter => {}
        }
    }
}

/// A line on standard input, or its end where that is a terminal. Without a terminal the end of
/// input is nobody's wish: a tour in the background stays until a signal.
fn enter() -> oneshot::Receiver<()> {
    let (pressed, waits) = oneshot::channel();
    std::thread::spawn(move || {
        let input = io::stdin();
        let read = input.lock().read_line(&mut String::new());
        let wish = read.is_ok_and(|bytes| bytes > 0) || input.is_terminal();
        if wish {
            // The receiver is gone if a signal came first.
            let _gone = pressed.send(());
        }
    });
    waits
}

/// The story was cut short.
pub(super) fn interrupted() -> TourError {
    io::Error::new(io::ErrorKind::Interrupted, "a signal ended the story").into()
}

/// Sockets, and commands ready to be copied.
pub(super) fn invite(cast: &Cast, page: &mut Page<'_>) -> Result<(), TourError> {
    page.heading("现在轮到您", "your turn, in another terminal")?;
    let directory = cast.stand.directory();
    let programs = program("card-sim")?;
    let programs = programs.parent().unwrap_or(Path::new("."));
    for line in commands(directory, programs, &cast.stand.pcscd.socket()) {
        page.command(&line)?;
    }
    page.heading(
        "按回车、Ctrl-C 或 SIGTERM 结束",
        "Enter, Ctrl-C or SIGTERM ends it all",
    )?;
    Ok(())
}

fn commands(directory: &Path, programs: &Path, pcscd: &Path) -> Vec<String> {
    let (dir, programs, pcscd) = (directory.display(), programs.display(), pcscd.display());
    let [billing, kiosk, counter, hall] =
        ["billing", "kiosk", "counter", "hall"].map(|name| format!("{dir}/{name}.sock"));
    vec![
        format!("export PATH={programs}:$PATH CARD_SIM_DIR={dir}/rack {SOCKET_VARIABLE}={pcscd}"),
        format!(
            "card-sim rack swap {SLOT} w2                # 初始密码 issued PIN 123456, 证件号 ID 420101198506150003"
        ),
        format!("card-sim rack inspect {SLOT}                # 卡内 inside the card"),
        "card-sim rack wire --follow --data      # 线上 the wire, as it happens".to_owned(),
        format!("hall --socket {kiosk} readers"),
        format!("hall --socket {kiosk} watch"),
        format!("hall --socket {kiosk} pin status"),
        format!("hall --socket {kiosk} pin change"),
        format!("hall --socket {billing} pin verify"),
        format!(
            "hall --socket {counter} counter open unblock --reason blocked --holder-original-seen"
        ),
        format!(
            "hall --socket {hall} issuer unblock --keys {dir}/roots.toml --operator {}",
            own_user()
        ),
        format!("hall --socket {counter} ledger list"),
        "opensc-tool --list-readers              # any PC/SC program sees the same reader"
            .to_owned(),
    ]
}
