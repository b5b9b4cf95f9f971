//! The configuration file.

use std::{error::Error, path::Path};

use super::Finding;
use crate::config::Config;

const CHECK: &str = "configuration";

pub(super) fn check(path: &Path) -> (Finding, Option<Config>) {
    match Config::load(path) {
        Ok(config) if config.desk.is_empty() && config.remote.listen.is_empty() => {
            let found = format!("{} names no desk: nobody can call", path.display());
            let next = "add a [[desk]] or a [remote] section; `cardd default-config` shows both";
            (Finding::fault(CHECK, found, next), Some(config))
        }
        Ok(config) => {
            let found = format!("{}: good, {} desks", path.display(), config.desk.len());
            (Finding::good(CHECK, found), Some(config))
        }
        Err(error) => {
            let cause = error.source().map(ToString::to_string).unwrap_or_default();
            let found = format!("{}: {error} {}", path.display(), cause.trim());
            let next = "`cardd default-config` prints every key with its meaning";
            (Finding::fault(CHECK, found.trim_end(), next), None)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::doctor::Level;

    const DESK: &str = "[[desk]]\nname = \"a\"\nkind = \"kiosk\"\nsocket = \"/run/a.sock\"\n";

    fn of(text: &str) -> (Finding, Option<Config>) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("cardd.toml");
        fs::write(&path, text).unwrap();
        check(&path)
    }

    #[test]
    fn a_good_file_is_good() {
        let (finding, config) = of(DESK);
        assert_eq!(finding.level, Level::Good, "{finding:?}");
        assert_eq!(config.unwrap().desk.len(), 1);
    }

    #[test]
    fn a_bad_key_no_desk_and_no_file_are_faults() {
        let (unknown, none) = of(&format!("colour = 3\n{DESK}"));
        assert_eq!((unknown.level, none.is_none()), (Level::Fault, true));
        assert!(unknown.found.contains("colour"), "{unknown:?}");
        assert_eq!(of("").0.level, Level::Fault);
        assert_eq!(check(Path::new("/no/such/file")).0.level, Level::Fault);
    }
}
