//! Certificates, key and revocation lists, from PEM to a TLS configuration.

use std::sync::Arc;

use rustls::{
    RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{
        CertificateDer, CertificateRevocationListDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
    server::{NoServerSessionStorage, VerifierBuilderError, WebPkiClientVerifier},
    version::TLS13,
};
use zeroize::Zeroizing;

use super::uniform::Uniform;

/// What a terminal shows and whom it believes, as PEM texts.
#[derive(Debug)]
pub struct TlsFiles {
    /// This terminal's certificate chain.
    pub certificate: Vec<u8>,
    /// Its private key; wiped.
    pub key: Zeroizing<Vec<u8>>,
    /// Authorities that certify desks and hall.
    pub client_ca: Vec<u8>,
    /// Their revocation lists, where revocation is asked.
    pub revoked: Option<Vec<u8>>,
}

/// Why the files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MaterialError {
    /// Not PEM, or not of the kind that is meant.
    #[error("{what} cannot be read")]
    Pem {
        /// Which of the files.
        what: &'static str,
        /// What is wrong.
        source: pem::Error,
    },
    /// Certificate and key do not fit, or an authority is none.
    #[error("the certificate, its key or an authority cannot be used")]
    Tls(#[from] rustls::Error),
    /// No authority, or a revocation list that cannot be used.
    #[error("the authorities or their revocation lists cannot be used")]
    Verifier(#[from] VerifierBuilderError),
}

impl TlsFiles {
    /// The configuration of a server that speaks nothing older than TLS 1.3, and resumes nothing:
    /// each connection shows its certificate.
    pub(super) fn server(&self) -> Result<ServerConfig, MaterialError> {
        let provider = Arc::new(ring::default_provider());
        let pem = |what| move |source| MaterialError::Pem { what, source };
        let chain = all::<CertificateDer<'_>>(&self.certificate).map_err(pem("certificate"))?;
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(pem("key"))?;
        let mut roots = RootCertStore::empty();
        for authority in all::<CertificateDer<'_>>(&self.client_ca).map_err(pem("client_ca"))? {
            roots.add(authority)?;
        }
        let mut verifier =
            WebPkiClientVerifier::builder_with_provider(roots.into(), Arc::clone(&provider));
        if let Some(revoked) = &self.revoked {
            let lists = all::<CertificateRevocationListDer<'_>>(revoked).map_err(pem("revoked"))?;
            verifier = verifier
                .with_crls(lists)
                .only_check_end_entity_revocation()
                .enforce_revocation_expiration();
        }
        let mut server = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13])?
            .with_client_cert_verifier(Arc::new(Uniform(verifier.build()?)))
            .with_single_cert(chain, key)?;
        server.alpn_protocols = vec![b"h2".to_vec()];
        server.session_storage = Arc::new(NoServerSessionStorage {});
        server.send_tls13_tickets = 0;
        Ok(server)
    }
}

/// Every section of a kind; none at all is an error.
fn all<T: PemObject>(text: &[u8]) -> Result<Vec<T>, pem::Error> {
    let found = T::pem_slice_iter(text).collect::<Result<Vec<_>, _>>()?;
    if found.is_empty() {
        Err(pem::Error::NoItemsFound)
    } else {
        Ok(found)
    }
}
