//! What a ledger's directory tells without being opened: another process may have it open.

use std::{fs, path::Path};

use super::{opening::Home, store};

/// What a ledger's directory tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// Whether the hall has the first key of the chain; `None` if there is no chain yet, or its
    /// files are closed to us.
    pub enrolled: Option<bool>,
    /// Names of chains that were set aside as damaged, oldest first.
    pub set_aside: Vec<String>,
}

/// Looks at the names and small files in `dir`; changes nothing.
#[must_use]
pub fn inspect(dir: &Path) -> Inspection {
    let home = Home::new(dir.to_owned());
    let waits = store::enrolment_file::read(&home.chain()).map(|key| key.is_some());
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut set_aside: Vec<_> = names.filter(|name| Home::is_aside(name)).collect();
    set_aside.sort();
    Inspection {
        enrolled: waits
            .ok()
            .filter(|_| home.chain().is_dir())
            .map(|waits| !waits),
        set_aside,
    }
}
