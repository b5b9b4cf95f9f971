//! The user that cardd works as.

use nix::unistd::{Uid, User, geteuid, initgroups, setresgid, setresuid};

use super::AppError;
use crate::{config::SandboxConfig, sandbox::Part};

/// Why the configured user cannot be taken on.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// No such user on this host.
    #[error("sandbox.user: no user {user:?} on this host")]
    Unknown {
        /// The name in the configuration.
        user: String,
    },
    /// Root was configured.
    #[error("sandbox.user: {user:?} is root; leave it empty to stay root")]
    IsRoot {
        /// The name in the configuration.
        user: String,
    },
    /// Somebody else started us, and only root can become another.
    #[error(
        "sandbox.user is {user:?}, and cardd was started by user number {running}: start it as root, or as {user:?}"
    )]
    NotOurs {
        /// The name in the configuration.
        user: String,
        /// Who runs it.
        running: u32,
    },
    /// The system refused.
    #[error("cannot become user {user:?}")]
    System {
        /// The name in the configuration.
        user: String,
        /// What the system said.
        source: nix::Error,
    },
}

/// Becomes the configured user, with that user's groups, if root started us. Before the first
/// thread.
pub(super) fn become_configured(config: &SandboxConfig) -> Result<Part, AppError> {
    if config.user.is_empty() {
        return Ok(as_started(geteuid()));
    }
    let user = find(&config.user)?;
    if geteuid() == user.uid {
        return Ok(Part::InForce);
    }
    if !geteuid().is_root() {
        return Err(UserError::NotOurs {
            user: user.name,
            running: geteuid().as_raw(),
        }
        .into());
    }
    switch(&user).map_err(|source| UserError::System {
        user: user.name,
        source,
    })?;
    Ok(Part::InForce)
}

fn as_started(running: Uid) -> Part {
    if !running.is_root() {
        return Part::InForce;
    }
    let why =
        "cardd runs as root: name a user in sandbox.user, or start it as one (User= of the unit)";
    Part::Missing {
        why: why.to_owned(),
    }
}

fn find(name: &str) -> Result<User, UserError> {
    let user = User::from_name(name).ok().flatten();
    let user = user.ok_or_else(|| UserError::Unknown {
        user: name.to_owned(),
    })?;
    if user.uid.is_root() {
        return Err(UserError::IsRoot { user: user.name });
    }
    Ok(user)
}

/// Groups first: without root they can no longer be changed.
fn switch(user: &User) -> nix::Result<()> {
    let name = std::ffi::CString::new(user.name.as_str()).map_err(|_| nix::Error::EINVAL)?;
    initgroups(&name, user.gid)?;
    setresgid(user.gid, user.gid, user.gid)?;
    setresuid(user.uid, user.uid, user.uid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(user: &str) -> SandboxConfig {
        SandboxConfig {
            user: user.to_owned(),
            ..SandboxConfig::default()
        }
    }

    #[test]
    fn root_without_a_configured_user_is_told() {
        assert_eq!(as_started(Uid::from_raw(1000)), Part::InForce);
        let told = as_started(Uid::from_raw(0)).to_string();
        assert!(told.contains("sandbox.user"), "{told}");
    }

    #[test]
    fn a_user_that_cannot_be_taken_on_stops_the_start() {
        let unknown = become_configured(&config("no-such-user")).unwrap_err();
        assert_eq!(
            unknown.to_string(),
            "sandbox.user: no user \"no-such-user\" on this host"
        );
        let root = become_configured(&config("root")).unwrap_err();
        assert!(root.to_string().contains("is root"), "{root}");
    }
}
