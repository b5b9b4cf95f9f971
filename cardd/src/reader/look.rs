//! One look at the service, for a doctor.

use super::{pcsc_lite::PcscLite, service::CardService as _};

/// What the service tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Names of its readers.
    pub readers: Vec<String>,
}

/// Why it tells nothing, in its own words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LookError(pub String);

/// Asks the service for its readers. Touches no card.
///
/// # Errors
/// [`LookError`] if it does not answer.
pub fn look() -> Result<Look, LookError> {
    let silent = |error: pcsc::Error| LookError(error.to_string());
    let client = PcscLite.establish().map_err(silent)?;
    let names = match client.list_readers() {
        // The service answers so where there is none.
        Err(pcsc::Error::NoReadersAvailable) => Vec::new(),
        answer => answer.map_err(silent)?,
    };
    Ok(Look {
        readers: names
            .iter()
            .map(|name| name.to_string_lossy().into_owned())
            .collect(),
    })
}
