//! Who this program is to a terminal over the network, and which terminals it believes.

use std::{sync::Arc, time::Duration};

use hyper_util::rt::TokioIo;
use rustls::{
    ClientConfig, RootCertStore,
    client::Resumption,
    crypto::ring,
    pki_types::{
        CertificateDer, PrivateKeyDer, ServerName,
        pem::{self, PemObject as _},
    },
    version::TLS13,
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tonic::transport::{Channel, Endpoint, Uri};

/// Why there is no channel.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A certificate with its key, and the authorities of terminals: TLS 1.3, nothing older.
#[derive(Debug, Clone)]
pub struct TlsIdentity {
    config: Arc<ClientConfig>,
}

/// Why an identity cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// Not PEM, or not of the kind that is meant.
    #[error("{what} cannot be read")]
    Pem {
        /// Certificate, key or authority.
        what: &'static str,
        /// What is wrong.
        source: pem::Error,
    },
    /// Certificate and key do not fit, or an authority is none.
    #[error("the certificate, its key or an authority cannot be used")]
    Tls(#[from] rustls::Error),
}

impl TlsIdentity {
    /// From PEM texts; the caller wipes its copy of the key.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub fn from_pem(certificate: &[u8], key: &[u8], ca: &[u8]) -> Result<Self, IdentityError> {
        let pem = |what| move |source| IdentityError::Pem { what, source };
        let chain = CertificateDer::pem_slice_iter(certificate)
            .collect::<Result<Vec<_>, _>>()
            .map_err(pem("certificate"))?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(pem("key"))?;
        let mut roots = RootCertStore::empty();
        for authority in CertificateDer::pem_slice_iter(ca) {
            roots.add(authority.map_err(pem("ca"))?)?;
        }
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&TLS13])?
            .with_root_certificates(roots)
            .with_client_auth_cert(chain, key)?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        config.resumption = Resumption::disabled();
        Ok(Self {
            config: Arc::new(config),
        })
    }

    /// A channel to `https://HOST:PORT`, for a client of one's own; [`Terminal`](crate::Terminal)
    /// has one. Connects once now, within `limit`; later calls connect again by themselves.
    ///
    /// # Errors
    /// The address is none, nobody answers there, or either side refuses the other.
    pub async fn channel(&self, address: &str, limit: Duration) -> Result<Channel, Failure> {
        let uri: Uri = address.parse()?;
        if uri.scheme_str() != Some("https") {
            return Err("the address is not https://HOST:PORT".into());
        }
        let config = Arc::clone(&self.config);
        let connector = tower::service_fn(move |uri: Uri| connect(Arc::clone(&config), uri));
        // The connector brings its own TLS; tonic is to think of a plain line.
        let plain = format!(
            "http://{}",
            uri.authority().map_or("", |name| name.as_str())
        );
        let endpoint = Endpoint::from_shared(plain)?.connect_timeout(limit);
        Ok(endpoint.connect_with_connector(connector).await?)
    }
}

async fn connect(
    config: Arc<ClientConfig>,
    uri: Uri,
) -> Result<TokioIo<tokio_rustls::client::TlsStream<TcpStream>>, Failure> {
    let host = uri.host().ok_or("the address has no host")?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((host, uri.port_u16().unwrap_or(443))).await?;
    stream.set_nodelay(true)?;
    let name = ServerName::try_from(host.to_owned())?;
    let stream = TlsConnector::from(config).connect(name, stream).await?;
    Ok(TokioIo::new(stream))
}
