//! Whom a certificate names: a terminal to its callers, or a desk to its terminals.

use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyUsagePurpose, SanType,
};
use x509_parser::{extensions::GeneralName, prelude::*};

use super::EnrolError;
use crate::model::DeskKind;

/// Whom a certificate names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A terminal, by the hosts under which it is called.
    Terminal {
        /// DNS names or addresses.
        hosts: Vec<String>,
    },
    /// A desk, the hall or an auditor.
    Desk {
        /// What stands there.
        kind: DeskKind,
        /// Its name: letters, digits, dots and hyphens.
        name: String,
        /// The person or program.
        operator: String,
    },
}

impl Subject {
    /// The subject of a certificate in DER, so that it can be renewed.
    ///
    /// # Errors
    /// [`EnrolError::Foreign`].
    pub fn of_certificate(der: &[u8]) -> Result<Self, EnrolError> {
        let (_, certificate) = X509Certificate::from_der(der).map_err(|_| EnrolError::Foreign)?;
        let names = certificate
            .subject_alternative_name()
            .ok()
            .flatten()
            .ok_or(EnrolError::Foreign)?;
        let names = &names.value.general_names;
        if let [GeneralName::URI(uri)] = names.as_slice() {
            let operator = certificate.subject().iter_common_name().next();
            let operator = operator.and_then(|name| name.as_str().ok());
            return desk(uri, operator).ok_or(EnrolError::Foreign);
        }
        let hosts: Option<Vec<_>> = names.iter().map(host).collect();
        let hosts = hosts.filter(|hosts| !hosts.is_empty());
        hosts
            .map(|hosts| Self::Terminal { hosts })
            .ok_or(EnrolError::Foreign)
    }

    /// Everything of the certificate but its time, number and key.
    pub(super) fn params(&self) -> Result<CertificateParams, EnrolError> {
        let (mut params, common_name, usage) = match self {
            Self::Terminal { hosts } => (
                CertificateParams::new(hosts.clone())?,
                hosts.first().cloned().unwrap_or_default(),
                ExtendedKeyUsagePurpose::ServerAuth,
            ),
            Self::Desk {
                kind,
                name,
                operator,
            } => {
                let mut params = CertificateParams::default();
                let uri = format!("cardd://{}/{}", word(*kind), checked(name)?);
                params.subject_alt_names = vec![SanType::URI(uri.try_into()?)];
                let usage = ExtendedKeyUsagePurpose::ClientAuth;
                (params, operator.clone(), usage)
            }
        };
        if common_name.is_empty() || common_name.len() > 64 {
            return Err(EnrolError::Name { name: common_name });
        }
        params.distinguished_name = DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, common_name);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![usage];
        params.use_authority_key_identifier_extension = true;
        Ok(params)
    }
}

fn checked(name: &str) -> Result<&str, EnrolError> {
    let permitted = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    if (1..=64).contains(&name.len()) && name.chars().all(permitted) {
        Ok(name)
    } else {
        let name = name.to_owned();
        Err(EnrolError::Name { name })
    }
}

/// A kind as certificates write it.
fn word(kind: DeskKind) -> String {
    kind.code().to_ascii_lowercase()
}

fn desk(uri: &str, operator: Option<&str>) -> Option<Subject> {
    let (kind, name) = uri.strip_prefix("cardd://")?.split_once('/')?;
    let kind = DeskKind::ALL.iter().find(|known| word(**known) == kind)?;
    Some(Subject::Desk {
        kind: *kind,
        name: checked(name).ok()?.to_owned(),
        operator: operator?.to_owned(),
    })
}

fn host(name: &GeneralName<'_>) -> Option<String> {
    if let GeneralName::DNSName(name) = name {
        return Some((*name).to_owned());
    }
    let GeneralName::IPAddress(bytes) = name else {
        return None;
    };
    let v4 = <[u8; 4]>::try_from(*bytes).map(|bytes| std::net::IpAddr::from(bytes).to_string());
    let v6 = <[u8; 16]>::try_from(*bytes).map(|bytes| std::net::IpAddr::from(bytes).to_string());
    v4.or(v6).ok()
}
