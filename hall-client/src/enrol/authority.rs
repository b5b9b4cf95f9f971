//! The authority: makes, renews and revokes.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use rand::Rng;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SerialNumber,
};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use time::OffsetDateTime;
use x509_parser::{certificate::X509Certificate, prelude::FromDer as _};
use zeroize::Zeroizing;

use super::{
    EnrolError, Subject,
    files::{self, Mode, failed},
    revocation::Revoked,
};

/// A certificate with its private key.
pub struct Issued {
    /// The certificate, PEM.
    pub certificate: String,
    /// The private key, PEM (PKCS #8); wiped.
    pub key: Zeroizing<String>,
}

impl Issued {
    /// Writes both, the key with mode 0600. A terminal that reads between the two writes finds a
    /// pair that does not fit, and refuses that one connection.
    ///
    /// # Errors
    /// [`EnrolError::File`].
    pub fn write(&self, certificate: &Path, key: &Path) -> Result<(), EnrolError> {
        files::replace(key, &self.key, Mode::Private)?;
        files::replace(certificate, &self.certificate, Mode::Public)
    }
}

/// An authority in its directory.
pub struct Authority {
    directory: PathBuf,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// Makes a new authority and its first, empty revocation list.
    ///
    /// # Errors
    /// [`EnrolError::Exists`] if one is there; otherwise as the system or the generator refuses.
    pub fn create(
        directory: &Path,
        name: &str,
        lifetime: Duration,
        list_lifetime: Duration,
        now: OffsetDateTime,
    ) -> Result<Self, EnrolError> {
        std::fs::create_dir_all(directory).map_err(failed("make", directory))?;
        let [certificate, key] = ["ca.pem", "ca.key"].map(|file| directory.join(file));
        if let Some(path) = [&certificate, &key].into_iter().find(|path| path.exists()) {
            return Err(EnrolError::Exists { path: path.clone() });
        }
        let pair = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        (params.not_before, params.not_after) = (now, now + lifetime);
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let made = params.self_signed(&pair)?;
        let text = Zeroizing::new(pair.serialize_pem());
        files::replace(&key, &text, Mode::Private)?;
        files::replace(&certificate, &made.pem(), Mode::Public)?;
        let authority = Self {
            directory: directory.to_owned(),
            issuer: Issuer::new(params, pair),
        };
        authority.write_list(Revoked::default(), list_lifetime, now)?;
        Ok(authority)
    }

    /// Opens the authority of a directory.
    ///
    /// # Errors
    /// [`EnrolError::File`], [`EnrolError::Generator`].
    pub fn open(directory: &Path) -> Result<Self, EnrolError> {
        let key = Zeroizing::new(files::read(&directory.join("ca.key"))?);
        let pair = KeyPair::from_pem(&key)?;
        let certificate = files::read(&directory.join("ca.pem"))?;
        Ok(Self {
            directory: directory.to_owned(),
            issuer: Issuer::from_ca_cert_pem(&certificate, pair)?,
        })
    }

    /// Makes a certificate with a new key, valid from `now` on.
    ///
    /// # Errors
    /// [`EnrolError::Name`], [`EnrolError::Generator`].
    pub fn issue(
        &self,
        subject: &Subject,
        lifetime: Duration,
        now: OffsetDateTime,
        rng: &mut impl Rng,
    ) -> Result<Issued, EnrolError> {
        let mut params = subject.params()?;
        (params.not_before, params.not_after) = (now, now + lifetime);
        params.serial_number = Some(serial(rng));
        let pair = KeyPair::generate()?;
        let certificate = params.signed_by(&pair, &self.issuer)?;
        Ok(Issued {
            certificate: certificate.pem(),
            key: Zeroizing::new(pair.serialize_pem()),
        })
    }

    /// Makes a certificate for whom an old one names, with a new key.
    ///
    /// # Errors
    /// [`EnrolError::Foreign`], and as [`Authority::issue`].
    pub fn renew(
        &self,
        old: &str,
        lifetime: Duration,
        now: OffsetDateTime,
        rng: &mut impl Rng,
    ) -> Result<Issued, EnrolError> {
        self.issue(&Subject::of_certificate(&der(old)?)?, lifetime, now, rng)
    }

    /// Revokes a certificate and writes the next list.
    ///
    /// # Errors
    /// [`EnrolError::Foreign`], [`EnrolError::Damaged`], [`EnrolError::File`].
    pub fn revoke(
        &self,
        certificate: &str,
        list_lifetime: Duration,
        now: OffsetDateTime,
    ) -> Result<(), EnrolError> {
        let der = der(certificate)?;
        let (_, parsed) = X509Certificate::from_der(&der).map_err(|_| EnrolError::Foreign)?;
        let mut revoked = self.revoked()?;
        revoked.add(parsed.raw_serial(), now);
        self.write_list(revoked, list_lifetime, now)
    }

    /// Writes the next list with what is revoked, before the last one is past its next update.
    ///
    /// # Errors
    /// [`EnrolError::Damaged`], [`EnrolError::File`].
    pub fn refresh_list(&self, lifetime: Duration, now: OffsetDateTime) -> Result<(), EnrolError> {
        self.write_list(self.revoked()?, lifetime, now)
    }

    fn revoked(&self) -> Result<Revoked, EnrolError> {
        let path = self.directory.join("revoked.json");
        let text = files::read(&path)?;
        serde_json::from_str(&text).map_err(|_| EnrolError::Damaged { path })
    }

    /// What is revoked is on disk before the list that says so.
    fn write_list(
        &self,
        mut revoked: Revoked,
        lifetime: Duration,
        now: OffsetDateTime,
    ) -> Result<(), EnrolError> {
        let list = revoked.next_list(now, lifetime)?.signed_by(&self.issuer)?;
        let path = self.directory.join("revoked.json");
        let text = serde_json::to_string(&revoked)
            .map_err(|_| EnrolError::Damaged { path: path.clone() })?;
        files::replace(&path, &text, Mode::Public)?;
        files::replace(&self.directory.join("crl.pem"), &list.pem()?, Mode::Public)
    }
}

/// 127 random bits: positive, and unlike every other (RFC 5280, 4.1.2.2).
fn serial(rng: &mut impl Rng) -> SerialNumber {
    let mut bytes = [0; 16];
    rng.fill_bytes(&mut bytes);
    bytes[0] = bytes[0] & 0x7F | 0x40;
    SerialNumber::from_slice(&bytes)
}

fn der(pem: &str) -> Result<CertificateDer<'static>, EnrolError> {
    CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| EnrolError::Foreign)
}
