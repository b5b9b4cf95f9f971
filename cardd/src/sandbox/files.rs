//! Files and ports by Landlock (landlock(7)): what is not named cannot be opened, made or removed,
//! no TCP port bound or called, no process outside signalled. Connecting to a socket in the file
//! system, such as pcscd's, is not among the rights that Landlock handles here: the system call
//! filter lets Unix sockets through and nothing else.

use std::{os::fd::OwnedFd, path::Path};

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, LandlockStatus, PathBeneath, PathFd,
    RestrictionStatus, Ruleset, RulesetAttr as _, RulesetCreated, RulesetCreatedAttr as _,
    RulesetError, RulesetStatus, Scope,
};

use super::{Needs, Part};

/// The rights that are handled: Linux 6.12. Later ones are not known to these rules.
const ABI: ABI = ABI::V6;

/// Why the rules cannot be made.
#[derive(Debug, thiserror::Error)]
enum FilesError {
    #[error(transparent)]
    Ruleset(#[from] RulesetError),
    #[error(transparent)]
    Path(#[from] landlock::PathFdError),
}

/// Confines the calling thread and those that it starts.
#[must_use]
pub fn confine(needs: &Needs) -> Part {
    match restrict(needs) {
        Ok(status) => outcome(&status),
        Err(error) => Part::missing("Landlock", &error),
    }
}

fn restrict(needs: &Needs) -> Result<RestrictionStatus, FilesError> {
    let mut rules = Ruleset::default()
        .handle_access(AccessFs::from_all(ABI))?
        .handle_access(AccessNet::from_all(ABI))?
        .scope(Scope::from_all(ABI))?
        .create()?;
    for (paths, rights) in [
        (&needs.kept, kept()),
        (&needs.read, AccessFs::ReadFile.into()),
        (&needs.left, AccessFs::RemoveFile.into()),
    ] {
        for path in paths {
            rules = allow(rules, path, rights)?;
        }
    }
    Ok(rules.restrict_self()?)
}

fn allow(
    rules: RulesetCreated,
    path: &Path,
    rights: BitFlags<AccessFs>,
) -> Result<RulesetCreated, FilesError> {
    Ok(rules.add_rule(PathBeneath::new(PathFd::new(path)?, rights))?)
}

/// Everything that can be done with files and directories, but to run them. No devices, no sockets.
fn kept() -> BitFlags<AccessFs> {
    AccessFs::ReadFile
        | AccessFs::ReadDir
        | AccessFs::WriteFile
        | AccessFs::Truncate
        | AccessFs::MakeReg
        | AccessFs::MakeDir
        | AccessFs::RemoveFile
        | AccessFs::RemoveDir
        | AccessFs::Refer
}

fn outcome(status: &RestrictionStatus) -> Part {
    match status.ruleset {
        RulesetStatus::FullyEnforced => Part::InForce,
        RulesetStatus::PartiallyEnforced => Part::Partly {
            why: "this kernel knows only some of the rights; Linux 6.12 knows all".to_owned(),
        },
        RulesetStatus::NotEnforced => Part::Missing {
            why: absent(&status.landlock),
        },
    }
}

fn absent(landlock: &LandlockStatus) -> String {
    match landlock {
        LandlockStatus::NotImplemented => {
            "this kernel is built without Landlock: use one of Linux 5.13 or later that has it"
        }
        LandlockStatus::NotEnabled => {
            "Landlock is built in and switched off: add it to the kernel's parameter lsm="
        }
        _ => "Landlock is there and takes none of the rules",
    }
    .to_owned()
}

/// What this kernel offers, without confining anything.
#[must_use]
pub fn offered() -> Part {
    let asked = Ruleset::default().handle_access(AccessFs::from_all(ABI));
    // The kernel gives a ruleset a descriptor; where it knows none, there is none.
    match asked.and_then(Ruleset::create).map(Option::<OwnedFd>::from) {
        Ok(Some(_ruleset)) => Part::InForce,
        Ok(None) => Part::Missing {
            why: absent(&LandlockStatus::NotImplemented),
        },
        Err(error) => Part::missing("Landlock", &error),
    }
}
