//! Where a counter's operators and issuer keys are.

use std::{fs, io, path::PathBuf};

use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::{
    DeskKind, Limits, OperateError, Terminal, TlsIdentity,
    desk::{
        refusal::{Next, Refusal},
        settings::AgencySettings,
        slip::SlipKey,
    },
    enrol::Subject,
    issuer::{KeyError, KeyService, Profile, SoftwareKeys, TokenKeys},
    model::Reason,
};

/// A certificate and its key as one PEM text: wiped, never printed.
#[derive(Clone, Deserialize)]
#[serde(from = "String")]
pub(crate) struct Papers(Zeroizing<String>);

impl From<String> for Papers {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

/// Somebody whom cardd let in.
#[derive(Clone)]
pub(crate) struct Operator {
    /// Common name of the certificate.
    pub(super) name: String,
    /// Their own line.
    pub(super) terminal: Terminal,
}

/// What a counter stands on.
pub(crate) struct Agency {
    pub(super) address: String,
    pub(super) ca: Vec<u8>,
    /// The hall's line, for the issuer's answers.
    pub(super) hall: Terminal,
    /// The issuer's keys.
    pub(super) keys: KeyService,
    /// The agency's key for slips.
    pub(super) slip_key: Option<SlipKey>,
}

/// Why a counter cannot be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AgencyError {
    /// There is no `[agency]` in its configuration.
    #[error("a counter needs [agency] in its configuration")]
    Missing,
    /// Neither or both of `keys` and `hsm`.
    #[error("[agency] names exactly one of keys and hsm")]
    Keys,
    /// A file cannot be read.
    #[error("{path}")]
    File { path: PathBuf, source: io::Error },
    /// The issuer's keys cannot be used.
    #[error(transparent)]
    Issuer(#[from] Box<KeyError>),
}

impl Agency {
    /// Opens keys and files. Needs a Tokio runtime around it.
    pub(crate) fn open(
        settings: Option<&AgencySettings>,
        slip_key: Option<SlipKey>,
    ) -> Result<Self, AgencyError> {
        let settings = settings.ok_or(AgencyError::Missing)?;
        let keys = match (&settings.keys, &settings.hsm) {
            (Some(file), None) => {
                KeyService::new(SoftwareKeys::open(file, Profile::Simulation).map_err(Box::new)?)
            }
            (None, Some(file)) => KeyService::new(TokenKeys::open(file, None).map_err(Box::new)?),
            (None, None) | (Some(_), Some(_)) => return Err(AgencyError::Keys),
        };
        let ca = fs::read(&settings.ca).map_err(|source| AgencyError::File {
            path: settings.ca.clone(),
            source,
        })?;
        Ok(Self {
            address: settings.terminal.clone(),
            ca,
            hall: Terminal::connect_lazily(&settings.hall_socket, Limits::default()),
            keys,
            slip_key,
        })
    }

    /// Signs somebody in: cardd decides whether the certificate is good for a counter.
    pub(super) async fn sign_in(&self, papers: &Papers) -> Result<Operator, Refusal> {
        let pem = papers.0.as_bytes();
        let name = operator_name(pem).ok_or_else(bad_papers)?;
        let identity = TlsIdentity::from_pem(pem, pem, &self.ca).map_err(|_| bad_papers())?;
        let terminal = Terminal::connect_tls(&self.address, &identity, Limits::default()).await?;
        let status = terminal.status().await?;
        if status.desk.kind != DeskKind::Counter {
            return Err(Refusal::of(Reason::NotForThisDesk));
        }
        Ok(Operator { name, terminal })
    }
}

/// The common name; that it is true, the terminal finds.
fn operator_name(pem: &[u8]) -> Option<String> {
    let certificate = CertificateDer::from_pem_slice(pem).ok()?;
    match Subject::of_certificate(&certificate).ok()? {
        Subject::Desk { operator, .. } => Some(operator),
        Subject::Terminal { .. } => None,
    }
}

fn bad_papers() -> Refusal {
    Refusal::own("BAD_PAPERS", Next::TypeAgain)
}

/// The issuer's side failed, or cardd refused it. What is wrong with keys, `hall issuer check` tells.
pub(super) fn refused(error: OperateError) -> Refusal {
    match error {
        OperateError::Client(error) => Refusal::from(error),
        // The card is told of a hall that does not answer; the keys themselves may be good.
        OperateError::Key(KeyError::Slow) => Refusal::of(Reason::HallSilent),
        OperateError::Key(_)
        | OperateError::Factors(_)
        | OperateError::IssuedValue(_)
        | OperateError::Suite
        | OperateError::OtherOperation => Refusal::own("ISSUER_KEYS", Next::CallStaff),
    }
}
