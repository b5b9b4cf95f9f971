//! Which desk, and which person or program, a certificate names. The certificate has been checked
//! before; here it is only read.

use x509_parser::{extensions::GeneralName, prelude::*};

use crate::policy::{Desk, DeskKind};

/// Scheme of a desk's URI.
const SCHEME: &str = "cardd://";
const MAX_NAME_BYTES: usize = 64;

/// Who a certificate says its holder is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    /// Named `KIND/NAME`: no desk of this host has a slash in its name, and two kinds share none,
    /// so that nobody can be taken for another.
    pub(super) desk: Desk,
    /// Person or program.
    pub(super) operator: String,
}

/// Why a good certificate does not name a desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum IdentityError {
    /// The peer showed none.
    #[error("no certificate")]
    Missing,
    /// It does not parse.
    #[error("the certificate does not parse")]
    Malformed,
    /// It is not stated to be for clients (RFC 5280, 4.2.1.12).
    #[error("the certificate is not for client authentication")]
    NotForClients,
    /// There is not exactly one URI of a desk.
    #[error("the certificate has not exactly one URI cardd://KIND/NAME")]
    NoDesk,
    /// The common name is missing, too long, or could be mistaken.
    #[error("the certificate's common name is not an operator's")]
    NoOperator,
}

impl Identity {
    /// Reads a certificate.
    pub(super) fn of(certificate: &[u8]) -> Result<Self, IdentityError> {
        let (_, certificate) =
            X509Certificate::from_der(certificate).map_err(|_| IdentityError::Malformed)?;
        let usage = certificate
            .extended_key_usage()
            .map_err(|_| IdentityError::Malformed)?;
        if !usage.is_some_and(|usage| usage.value.client_auth) {
            return Err(IdentityError::NotForClients);
        }
        Ok(Self {
            desk: desk(&certificate)?,
            operator: operator(&certificate)?,
        })
    }
}

fn desk(certificate: &X509Certificate<'_>) -> Result<Desk, IdentityError> {
    let names = certificate
        .subject_alternative_name()
        .map_err(|_| IdentityError::Malformed)?
        .ok_or(IdentityError::NoDesk)?;
    let mut uris = names.value.general_names.iter().filter_map(|name| {
        if let GeneralName::URI(uri) = name {
            Some(*uri)
        } else {
            None
        }
    });
    match (uris.next(), uris.next()) {
        (Some(uri), None) => desk_of_uri(uri).ok_or(IdentityError::NoDesk),
        _ => Err(IdentityError::NoDesk),
    }
}

fn desk_of_uri(uri: &str) -> Option<Desk> {
    let path = uri.strip_prefix(SCHEME)?;
    let (kind, name) = path.split_once('/')?;
    let kind = DeskKind::ALL
        .into_iter()
        .find(|known| known.name() == kind)?;
    let permitted = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    let good = (1..=MAX_NAME_BYTES).contains(&name.len()) && name.chars().all(permitted);
    good.then(|| Desk {
        name: path.to_owned(),
        kind,
    })
}

fn operator(certificate: &X509Certificate<'_>) -> Result<String, IdentityError> {
    let mut names = certificate.subject().iter_common_name();
    match (names.next().map(|name| name.as_str()), names.next()) {
        (Some(Ok(name)), None) if is_operator(name) => Ok(name.to_owned()),
        _ => Err(IdentityError::NoOperator),
    }
}

/// `uid:` is how users of this host are recorded.
fn is_operator(name: &str) -> bool {
    (1..=MAX_NAME_BYTES).contains(&name.len())
        && name.trim() == name
        && !name.chars().any(char::is_control)
        && !name.starts_with("uid:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_names_kind_and_desk() {
        for kind in DeskKind::ALL {
            let uri = format!("cardd://{}/window-3", kind.name());
            let desk = desk_of_uri(&uri).unwrap();
            assert_eq!(
                (desk.kind, desk.name),
                (kind, format!("{}/window-3", kind.name()))
            );
        }
    }

    #[test]
    fn any_other_uri_names_no_desk() {
        let long = format!("cardd://kiosk/{}", "k".repeat(65));
        for uri in [
            "",
            "cardd://kiosk",
            "cardd://kiosk/",
            "cardd:///a",
            "cardd://bank/a",
            "cardd://Kiosk/a",
            "cardd://kiosk/a/b",
            "cardd://kiosk/a b",
            "cardd://kiosk/a?b",
            "https://kiosk/a",
            " cardd://kiosk/a",
            &long,
        ] {
            assert_eq!(desk_of_uri(uri), None, "{uri}");
        }
    }

    #[test]
    fn an_operator_cannot_look_like_a_user_of_this_host() {
        for (name, good) in [
            ("王芳", true),
            ("his-adapter", true),
            ("", false),
            ("uid:0", false),
            ("a\nb", false),
            (" a", false),
        ] {
            assert_eq!(is_operator(name), good, "{name:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_certificate_name_nobody() {
        assert_eq!(Identity::of(b"\x30\x00"), Err(IdentityError::Malformed));
    }
}
