//! Rule files of a region and frequency files: texts that an authority writes, a network carries and a
//! terminal or the hall reads.

use cardd_rules::region::{
    RegionPolicy, RuleFile, RuleFileRefused, SigningKey, Trust, TrustedKey, WUHAN, body_of,
};
use hall_client::measure::Frequencies;

const KEY: &str = "fuzz";
const REGION: &str = "420100";

/// The key whose signature the target trusts.
fn key() -> SigningKey {
    match SigningKey::from_seed(KEY, &[5; 32]) {
        Ok(key) => key,
        Err(error) => panic!("{error}"),
    }
}

fn trust(key: &SigningKey) -> Trust {
    let trusted = TrustedKey::new(key.id(), &key.public_key_hex());
    Trust {
        region: REGION.to_owned(),
        keys: trusted.into_iter().collect(),
    }
}

/// The file of Wuhan as the trusted key signed it.
pub(super) fn signed() -> Vec<u8> {
    key().sign(WUHAN).unwrap_or_default()
}

/// Whole files, bodies, and frequencies, as the first byte of each says.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let counts = "# counts\n1234 100\n1111 60\n0000 18\n8317 1\n";
    let ranks = "1234\n1111\n0000\n8317\n";
    let second = WUHAN.replacen("version = 1", "version = 2", 1);
    let tagged = |tag: u8, text: &[u8]| [&[tag], text].concat();
    vec![
        tagged(0, &signed()),
        tagged(1, WUHAN.as_bytes()),
        tagged(1, second.as_bytes()),
        tagged(2, counts.as_bytes()),
        tagged(2, ranks.as_bytes()),
    ]
}

/// A file, a body or frequencies.
///
/// # Panics
/// A file is taken that nobody signed; or a body that is good is not signed by the hall, or not taken by
/// a terminal of its region, or by one of another.
pub fn rule_file(input: &[u8]) {
    let Some((which, rest)) = input.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(rest);
    match which % 3 {
        0 => whole(rest),
        1 => body(&text),
        _ => {
            if let Ok(read) = Frequencies::parse(&text) {
                assert!(!read.is_empty());
            }
        }
    }
}

/// Whether a seed is taken as what it is tagged as.
#[cfg(test)]
pub(super) fn is_good(seed: &[u8]) -> bool {
    let text = || String::from_utf8_lossy(&seed[1..]);
    match seed[0] {
        0 => RuleFile::check(&seed[1..], &trust(&key())).is_ok(),
        1 => RegionPolicy::parse(&text()).is_ok(),
        _ => Frequencies::parse(&text()).is_ok(),
    }
}

fn whole(file: &[u8]) {
    let _read = body_of(file);
    if let Ok(taken) = RuleFile::check(file, &trust(&key())) {
        assert!(file == signed(), "{:?} is taken", taken.policy.version);
    }
}

fn body(body: &str) {
    let Ok(policy) = RegionPolicy::parse(body) else {
        return;
    };
    let key = key();
    match key.sign(body) {
        Ok(file) => {
            let taken = RuleFile::check(&file, &trust(&key)).is_ok();
            assert_eq!(taken, policy.region == REGION);
        }
        Err(refused) => assert!(matches!(refused, RuleFileRefused::TooLarge { .. })),
    }
}
