//! Desks of this host.

use std::{collections::BTreeSet, path::PathBuf};

use serde::Deserialize;

use super::{ConfigError, check_name, value};
use crate::policy::DeskKind;

const MAX_DESKS: usize = 64;

/// One desk of this host.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeskConfig {
    /// Unique name.
    pub name: String,
    /// What stands there.
    pub kind: DeskKind,
    /// Path of its Unix socket.
    pub socket: PathBuf,
    /// Group that owns the socket; empty: only cardd's own user.
    #[serde(default)]
    pub group: String,
    /// Users that may connect, by name or number; empty: whoever the mode lets in.
    #[serde(default)]
    pub users: Vec<String>,
}

/// Names and sockets are sound and stand once.
pub(super) fn check(desks: &[DeskConfig]) -> Result<(), ConfigError> {
    if desks.len() > MAX_DESKS {
        return Err(value("desk", format!("at most {MAX_DESKS} desks")));
    }
    let (mut names, mut sockets) = (BTreeSet::new(), BTreeSet::new());
    for desk in desks {
        check_name("desk.name", &desk.name)?;
        if !names.insert(&desk.name) {
            return Err(value("desk.name", format!("{:?} stands twice", desk.name)));
        }
        if !sockets.insert(&desk.socket) {
            return Err(value(
                "desk.socket",
                format!("{:?} stands twice", desk.socket),
            ));
        }
        if !desk.socket.is_absolute() {
            return Err(value(
                "desk.socket",
                format!("{:?} is not absolute", desk.socket),
            ));
        }
    }
    Ok(())
}
