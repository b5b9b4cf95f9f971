//! From the process as it was started to one that has what it needs and can get no more.

use std::path::{Path, PathBuf};

use super::{AppError, desks, remote, user};
use crate::{
    config::{Config, RuleDirectory},
    ledger, reader,
    rpc::Listeners,
    sandbox::{self, Needs, Part, Protection, memory, process},
};

/// Everything that only a start may do, in the order in which it can be done: names and the user
/// before files, files before sockets, sockets before the walls.
pub(super) fn prepare(config: &Config) -> Result<(Listeners, Protection), AppError> {
    let closed = |step| move |source| AppError::System { step, source };
    process::close().map_err(closed("turn core files off"))?;
    memory::raise_limit();
    let owners = desks::look_up(&config.desk)?;
    let user = user::become_configured(&config.sandbox)?;
    process::hide().map_err(closed("turn core files off"))?;
    let memory = lock(config);
    let listeners = Listeners {
        remote: remote::open(&config.remote)?,
        desks: desks::open(owners)?,
    };
    if listeners.desks.is_empty() && listeners.remote.is_none() {
        return Err(AppError::NoDesk);
    }
    ledger::make_home(&config.ledger.directory)?;
    if config.region.trust().is_some() {
        RuleDirectory::open(&config.region.directory)?;
    }
    reader::load_client();
    let (files, system_calls) = enter(config);
    let protection = Protection {
        user,
        memory,
        files,
        system_calls,
    };
    tell(&protection);
    Ok((listeners, protection))
}

fn lock(config: &Config) -> Part {
    if config.sandbox.lock_memory {
        memory::lock()
    } else {
        Part::Off
    }
}

fn enter(config: &Config) -> (Part, Part) {
    if config.sandbox.confine {
        sandbox::enter(&needs(config))
    } else {
        (Part::Off, Part::Off)
    }
}

/// What the running daemon still opens: the ledger; the region's rule files, where it takes any; certificates, which are read for each
/// connection and may be replaced, so that their directories count; the sockets it removes.
fn needs(config: &Config) -> Needs {
    let remote = &config.remote;
    let rules = config.region.trust().is_some();
    let read = [
        &remote.certificate,
        &remote.key,
        &remote.client_ca,
        &remote.revoked,
    ];
    let parents = |files: &mut dyn Iterator<Item = &PathBuf>| {
        let mut parents: Vec<_> = files
            .filter_map(|file| file.parent())
            .filter(|parent| !parent.as_os_str().is_empty())
            .map(Path::to_owned)
            .collect();
        parents.sort();
        parents.dedup();
        parents
    };
    Needs {
        kept: std::iter::once(&config.ledger.directory)
            .chain(rules.then_some(&config.region.directory))
            .cloned()
            .collect(),
        read: if remote.listen.is_empty() {
            Vec::new()
        } else {
            parents(&mut read.into_iter())
        },
        left: parents(&mut config.desk.iter().map(|desk| &desk.socket)),
    }
}

/// One line for each part; what is missing is a warning that says what to do.
fn tell(protection: &Protection) {
    for (part, state) in protection.parts() {
        if state.is_whole() {
            tracing::info!(part, %state, "protection");
        } else {
            tracing::warn!(part, %state, "protection");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REMOTE: &str = "
        [ledger]
        directory = \"/var/lib/cardd/ledger\"
        [remote]
        listen = \"127.0.0.1:0\"
        certificate = \"/etc/cardd/tls/terminal.pem\"
        key = \"/etc/cardd/tls/terminal.key\"
        client_ca = \"/etc/cardd/ca/ca.pem\"
        [[desk]]
        name = \"a\"
        kind = \"kiosk\"
        socket = \"/run/cardd/a.sock\"
        [[desk]]
        name = \"b\"
        kind = \"billing\"
        socket = \"/run/cardd/b.sock\"
    ";

    fn paths(paths: &[&str]) -> Vec<PathBuf> {
        paths.iter().map(PathBuf::from).collect()
    }

    #[test]
    fn only_what_is_configured_is_needed() {
        let needs = needs(&Config::parse(REMOTE).unwrap());
        assert_eq!(needs.kept, paths(&["/var/lib/cardd/ledger"]));
        assert_eq!(needs.read, paths(&["/etc/cardd/ca", "/etc/cardd/tls"]));
        assert_eq!(needs.left, paths(&["/run/cardd"]));
    }

    #[test]
    fn without_a_network_nothing_is_read() {
        let text = REMOTE.replace("127.0.0.1:0", "");
        assert_eq!(needs_of(&text).read, paths(&[]));
    }

    #[test]
    fn rule_files_are_kept_where_any_are_taken() {
        let region = "[region]\ncode = \"420100\"\ndirectory = \"/r\"\nkeys = [{ id = \"k\", public_key = \"KEY\" }]";
        let region = region.replace("KEY", &"00".repeat(32));
        let needs = needs_of(&format!("{region}\n{REMOTE}"));
        assert_eq!(needs.kept, paths(&["/var/lib/cardd/ledger", "/r"]));
    }

    fn needs_of(text: &str) -> Needs {
        needs(&Config::parse(text).unwrap())
    }
}
