//! Desks of the configuration, with their sockets open and their users and groups looked up.

use nix::unistd::{Group, User};

use crate::{
    config::DeskConfig,
    policy::Desk,
    rpc::{Callers, DeskSocket, Socket, SocketError},
};

/// Why a desk's users or group cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// No such user on this host.
    #[error("desk {desk}: no user {user:?} on this host")]
    NoUser {
        /// The desk.
        desk: String,
        /// The name in the configuration.
        user: String,
    },
    /// No such group on this host.
    #[error("desk {desk}: no group {group:?} on this host")]
    NoGroup {
        /// The desk.
        desk: String,
        /// The name in the configuration.
        group: String,
    },
}

/// A desk with the numbers of its users and of its group.
pub(super) struct Owned<'a> {
    desk: &'a DeskConfig,
    callers: Callers,
    group: Option<u32>,
}

/// Looks every name up.
pub(super) fn look_up(desks: &[DeskConfig]) -> Result<Vec<Owned<'_>>, DeskError> {
    let owned = |desk| {
        Ok(Owned {
            desk,
            callers: callers(desk)?,
            group: group(desk)?,
        })
    };
    desks.iter().map(owned).collect()
}

/// Opens every desk's socket.
pub(super) fn open(desks: Vec<Owned<'_>>) -> Result<Vec<DeskSocket>, SocketError> {
    desks.into_iter().map(open_one).collect()
}

fn open_one(owned: Owned<'_>) -> Result<DeskSocket, SocketError> {
    let desk = owned.desk;
    Ok(DeskSocket {
        socket: Socket::bind(&desk.socket, owned.group)?,
        desk: Desk {
            name: desk.name.clone(),
            kind: desk.kind,
        },
        callers: owned.callers,
    })
}

fn callers(desk: &DeskConfig) -> Result<Callers, DeskError> {
    if desk.users.is_empty() {
        return Ok(Callers::WhoeverConnects);
    }
    desk.users
        .iter()
        .map(|user| user_number(desk, user))
        .collect::<Result<_, _>>()
        .map(Callers::Users)
}

fn user_number(desk: &DeskConfig, user: &str) -> Result<u32, DeskError> {
    let by_name = || {
        User::from_name(user)
            .ok()
            .flatten()
            .map(|user| user.uid.as_raw())
    };
    let missing = || DeskError::NoUser {
        desk: desk.name.clone(),
        user: user.to_owned(),
    };
    user.parse().ok().or_else(by_name).ok_or_else(missing)
}

fn group(desk: &DeskConfig) -> Result<Option<u32>, DeskError> {
    if desk.group.is_empty() {
        return Ok(None);
    }
    let by_name = || {
        Group::from_name(&desk.group)
            .ok()
            .flatten()
            .map(|group| group.gid.as_raw())
    };
    let missing = || DeskError::NoGroup {
        desk: desk.name.clone(),
        group: desk.group.clone(),
    };
    desk.group
        .parse()
        .ok()
        .or_else(by_name)
        .map(Some)
        .ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::policy::DeskKind;

    fn desk(group: &str, users: &[&str]) -> DeskConfig {
        DeskConfig {
            name: "d".to_owned(),
            kind: DeskKind::Kiosk,
            socket: PathBuf::from("/run/d.sock"),
            group: group.to_owned(),
            users: users.iter().map(|user| (*user).to_owned()).collect(),
        }
    }

    #[test]
    fn names_and_numbers_are_looked_up() {
        assert_eq!(
            callers(&desk("", &["root", "1234"])).unwrap(),
            Callers::Users(vec![0, 1234])
        );
        assert_eq!(callers(&desk("", &[])).unwrap(), Callers::WhoeverConnects);
        assert_eq!(group(&desk("root", &[])).unwrap(), Some(0));
        assert_eq!(group(&desk("", &[])).unwrap(), None);
    }

    #[test]
    fn an_unknown_name_stops_the_start() {
        let user = callers(&desk("", &["no-such-user"])).unwrap_err();
        assert_eq!(
            user.to_string(),
            "desk d: no user \"no-such-user\" on this host"
        );
        let group = group(&desk("no-such-group", &[])).unwrap_err();
        assert_eq!(
            group.to_string(),
            "desk d: no group \"no-such-group\" on this host"
        );
    }
}
