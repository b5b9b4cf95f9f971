//! The revocation list (RFC 5280, 5) and what it is made from.

use std::time::Duration;

use rcgen::{CertificateRevocationListParams, RevokedCertParams, SerialNumber};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::EnrolError;

/// Everything that was revoked, and the number of the last list.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Revoked {
    list_number: u64,
    certificates: Vec<Entry>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    serial_hex: String,
    revoked_unix_s: i64,
}

impl Revoked {
    /// Adds a certificate; the second time changes nothing.
    pub(super) fn add(&mut self, serial: &[u8], now: OffsetDateTime) {
        let serial_hex = hex::encode(serial);
        if self
            .certificates
            .iter()
            .all(|entry| entry.serial_hex != serial_hex)
        {
            self.certificates.push(Entry {
                serial_hex,
                revoked_unix_s: now.unix_timestamp(),
            });
        }
    }

    /// The next list.
    pub(super) fn next_list(
        &mut self,
        now: OffsetDateTime,
        lifetime: Duration,
    ) -> Result<CertificateRevocationListParams, EnrolError> {
        self.list_number += 1;
        let entries = self.certificates.iter().map(|entry| {
            let serial = hex::decode(&entry.serial_hex).map_err(|_| EnrolError::Foreign)?;
            Ok(RevokedCertParams {
                serial_number: SerialNumber::from_slice(&serial),
                revocation_time: OffsetDateTime::from_unix_timestamp(entry.revoked_unix_s)
                    .map_err(|_| EnrolError::Foreign)?,
                reason_code: None,
                invalidity_date: None,
            })
        });
        Ok(CertificateRevocationListParams {
            this_update: now,
            next_update: now + lifetime,
            crl_number: SerialNumber::from(self.list_number),
            issuing_distribution_point: None,
            revoked_certs: entries.collect::<Result<_, EnrolError>>()?,
            key_identifier_method: rcgen::KeyIdMethod::Sha256,
        })
    }
}
