//! What cardd gives up once it has started.

use serde::Deserialize;

/// What cardd gives up once it has started.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SandboxConfig {
    /// Whether files, ports and system calls that are not needed are taken away.
    pub confine: bool,
    /// Whether memory is kept from going to swap.
    pub lock_memory: bool,
    /// User to become if root starts cardd; empty: the one that started it.
    pub user: String,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            confine: true,
            lock_memory: true,
            user: String::new(),
        }
    }
}
