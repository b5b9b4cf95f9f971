//! Certificates and revocation lists that expire: a terminal that nobody can call any more says so
//! beforehand.

use std::{fs, path::Path};

use x509_parser::{
    pem::Pem,
    prelude::{CertificateRevocationList, FromDer as _},
};

use super::{Finding, Host};
use crate::config::RemoteConfig;

/// So early it is told.
const BEFORE_S: i64 = 30 * 24 * 3600;

pub(super) fn check(host: &Host, config: &RemoteConfig) -> Vec<Finding> {
    if config.listen.is_empty() {
        return Vec::new();
    }
    let files = [
        ("certificate", &config.certificate),
        ("client-ca", &config.client_ca),
        ("revocation-list", &config.revoked),
    ];
    let configured = files
        .into_iter()
        .filter(|(_, path)| !path.as_os_str().is_empty());
    configured
        .map(|(check, path)| one(host, check, path))
        .collect()
}

fn one(host: &Host, check: &'static str, path: &Path) -> Finding {
    let shown = path.display();
    let Ok(text) = fs::read(host.path(path)) else {
        let next =
            "without it no connection is taken; ask again as root if it is only closed to you";
        return Finding::fault(check, format!("{shown} cannot be read"), next);
    };
    match ends(&text) {
        Some(ends) => judge(host, check, &shown.to_string(), ends),
        None => {
            let next = "it must be PEM with at least one certificate or list";
            Finding::fault(check, format!("{shown} holds none that can be read"), next)
        }
    }
}

/// Seconds since 1970 at which the first of them ends.
fn ends(text: &[u8]) -> Option<i64> {
    let blocks = Pem::iter_from_buffer(text);
    let each = blocks.map(|block| {
        let block = block.ok()?;
        if block.label == "X509 CRL" {
            let (_, list) = CertificateRevocationList::from_der(&block.contents).ok()?;
            return list.next_update().map(|next| next.timestamp());
        }
        Some(block.parse_x509().ok()?.validity().not_after.timestamp())
    });
    each.collect::<Option<Vec<_>>>()?.into_iter().min()
}

fn judge(host: &Host, check: &'static str, shown: &str, ends: i64) -> Finding {
    let left = ends - i64::try_from(host.now_unix_s).unwrap_or(i64::MAX);
    let days = left / 86_400;
    if left <= 0 {
        let next = "renew it now; it is read for each connection, so that no restart is needed";
        return Finding::fault(
            check,
            format!("{shown} has expired: no connection is taken"),
            next,
        );
    }
    if left < BEFORE_S {
        let next = "renew it; it is read for each connection, so that no restart is needed";
        return Finding::warning(check, format!("{shown} expires in {days} days"), next);
    }
    Finding::good(check, format!("{shown}: good for {days} days"))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;
    use crate::doctor::{Level, host::tests::FakeHost};

    /// A certificate that ends on that day of July 2026; the fake host's day is the first.
    fn certificate(year: i32, month: u8, day: u8) -> String {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.not_after = date_time_ymd(year, month, day);
        params.self_signed(&key).unwrap().pem()
    }

    fn level(text: &str) -> Level {
        let fake = FakeHost::with(&[("/etc/cardd/terminal.pem", text)]);
        let config = RemoteConfig {
            listen: "127.0.0.1:7443".to_owned(),
            certificate: PathBuf::from("/etc/cardd/terminal.pem"),
            ..RemoteConfig::default()
        };
        let findings = check(&fake.host(), &config);
        assert_eq!(findings.len(), 1, "{findings:?}");
        findings.first().unwrap().level
    }

    #[test]
    fn a_month_before_the_end_it_is_told() {
        assert_eq!(level(&certificate(2027, 7, 1)), Level::Good);
        assert_eq!(level(&certificate(2026, 7, 20)), Level::Warning);
        assert_eq!(level(&certificate(2026, 6, 30)), Level::Fault);
    }

    #[test]
    fn the_first_of_a_chain_to_end_counts() {
        let chain = certificate(2027, 7, 1) + &certificate(2026, 7, 20);
        assert_eq!(level(&chain), Level::Warning);
    }

    #[test]
    fn what_is_no_certificate_is_a_fault() {
        assert_eq!(level("nothing"), Level::Fault);
    }

    #[test]
    fn without_a_network_there_is_nothing_to_expire() {
        let fake = FakeHost::with(&[]);
        assert_eq!(check(&fake.host(), &RemoteConfig::default()), []);
    }
}
