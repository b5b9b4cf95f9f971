//! The file of software roots.

use std::path::Path;

use serde::Deserialize;

use super::root_key::RootKey;
use crate::issuer::error::KeyError;
use crate::issuer::private_file;
use crate::issuer::profile::Profile;
use crate::issuer::roots::Root;

/// Largest file, bytes: eight roots with comments.
const LIMIT_BYTES: usize = 16 << 10;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RootsFile {
    pub(super) profile: Profile,
    pub(super) root: Vec<Root<RootKey>>,
}

pub(super) fn read(path: &Path) -> Result<RootsFile, KeyError> {
    let text = private_file::read(path, LIMIT_BYTES)?;
    private_file::parsed(path, &text)
}
