//! Test roots into a token.

use std::path::Path;

use cryptoki::object::Attribute;
use zeroize::Zeroize as _;

use super::root_object;
use super::session_key::doubled;
use super::{UserPin, file};
use crate::issuer::error::KeyError;
use crate::issuer::software::{self, SoftwareKeys};

/// Puts the roots of a file of software keys, which are those of simulated cards, into the token
/// that `token` names, under its labels, sensitive and not extractable. Roots that the token's file
/// does not name are left out. Answers how many were put there. Real roots get into an HSM by its
/// vendor's ceremony, never through a file.
///
/// # Errors
/// [`KeyError::SoftwareInProduction`] for keys of real cards; [`KeyError::RootMissing`] where the
/// software keys lack a root that the token's file names; else as [`super::TokenKeys::open`].
pub fn import(token: &Path, pin: Option<UserPin>, software: &Path) -> Result<usize, KeyError> {
    let keys = SoftwareKeys::open(software, crate::issuer::Profile::Simulation)?;
    let file = file::read(token)?;
    let login = file.login(pin)?;
    let session = login.writing_session()?;
    for root in &file.root {
        let value = software::root_value(&keys, root.kind, root.suite)?;
        let mut template = root_object::template(&root.key);
        template.push(Attribute::Value(doubled(value).to_vec()));
        let created = session.create_object(&template);
        if let Some(Attribute::Value(copy)) = template.last_mut() {
            copy.zeroize();
        }
        created.map_err(KeyError::token("take a key"))?;
    }
    Ok(file.root.len())
}
