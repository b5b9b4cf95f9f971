//! The desks' sockets: whether they are there, and for whom.

use std::{
    fs, io,
    os::unix::fs::{FileTypeExt as _, PermissionsExt as _},
};

use super::{Finding, Host};
use crate::config::DeskConfig;

const CHECK: &str = "sockets";

pub(super) fn check(host: &Host, desks: &[DeskConfig]) -> Vec<Finding> {
    desks.iter().map(|desk| one(host, desk)).collect()
}

fn one(host: &Host, desk: &DeskConfig) -> Finding {
    let path = desk.socket.display();
    let metadata = match fs::symlink_metadata(host.path(&desk.socket)) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return absent(host, desk),
        Err(error) => {
            let next = "ask again as root, or as cardd's user";
            return Finding::warning(CHECK, format!("{path}: {error}"), next);
        }
    };
    let mode = metadata.permissions().mode() & 0o777;
    if !metadata.file_type().is_socket() {
        let next = "move that file away; cardd makes the socket itself";
        return Finding::fault(CHECK, format!("{path} is not a socket"), next);
    }
    if mode & 0o007 != 0 {
        let found = format!(
            "{path} lets everybody on this host be desk {:?}: mode {mode:04o}",
            desk.name
        );
        return Finding::fault(
            CHECK,
            found,
            "restart cardd, which sets the mode, and find out who changed it",
        );
    }
    Finding::good(
        CHECK,
        format!("{path}: desk {:?}, mode {mode:04o}", desk.name),
    )
}

fn absent(host: &Host, desk: &DeskConfig) -> Finding {
    let folder = desk.socket.parent().unwrap_or(&desk.socket);
    if host.path(folder).is_dir() {
        let found = format!("{} is not there: cardd does not run", desk.socket.display());
        return Finding::warning(
            CHECK,
            found,
            "start it: systemctl start cardd; its log says why it ended",
        );
    }
    let found = format!(
        "{} is not there, so that no socket can be made in it",
        folder.display()
    );
    let next =
        "the unit makes /run/cardd; without it, make the directory and give it to cardd's user";
    Finding::fault(CHECK, found, next)
}

#[cfg(test)]
mod tests {
    use std::{fs::Permissions, os::unix::net::UnixListener, path::PathBuf};

    use super::*;
    use crate::{
        doctor::{Level, host::tests::FakeHost},
        policy::DeskKind,
    };

    fn desk() -> DeskConfig {
        DeskConfig {
            name: "kiosk-1".to_owned(),
            kind: DeskKind::Kiosk,
            socket: PathBuf::from("/run/cardd/k.sock"),
            group: String::new(),
            users: Vec::new(),
        }
    }

    #[test]
    fn a_socket_for_its_group_is_good_and_one_for_all_a_fault() {
        let fake = FakeHost::with(&[("/run/cardd/other", "")]);
        let path = fake.host().path("/run/cardd/k.sock");
        let _listening = UnixListener::bind(&path).unwrap();
        for (mode, level) in [
            (0o660, Level::Good),
            (0o600, Level::Good),
            (0o666, Level::Fault),
        ] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let findings = check(&fake.host(), &[desk()]);
            assert_eq!(findings.first().unwrap().level, level, "{mode:o}");
        }
    }

    #[test]
    fn what_is_not_there_is_told_apart() {
        let stopped = FakeHost::with(&[("/run/cardd/other", "")]);
        assert_eq!(one(&stopped.host(), &desk()).level, Level::Warning);
        let bare = FakeHost::with(&[]);
        assert_eq!(one(&bare.host(), &desk()).level, Level::Fault);
        let file = FakeHost::with(&[("/run/cardd/k.sock", "")]);
        assert_eq!(one(&file.host(), &desk()).level, Level::Fault);
    }
}
