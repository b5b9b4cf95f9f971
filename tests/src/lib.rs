//! End to end tests through the real pcscd, and what they share.

pub mod daemon;
pub mod pcscd;
pub mod stand;
