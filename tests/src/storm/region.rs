//! The region of a storm: its rule files, and what holds under them in the model's own words.

use cardd_rules::region::{RuleFileRefused, SigningKey, Trust, TrustedKey};
use sha2::{Digest as _, Sha256};

use super::{
    life::BUDGET,
    run::asks_for_two,
    step::{Pushed, RegionFile, Ruling},
};

const REGION: &str = "420100";
const KEY: &str = "storm";

/// The PIN that a ruling may make an issued one, as long as the PIN that is asked about.
const ALSO_ISSUED: [&str; 2] = ["5082", "508264"];
/// The PIN that a ruling may make a common one.
const ALSO_COMMON: [&str; 2] = ["9416", "941638"];

/// The rules in force, as the model knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Version of the rule file; 0: those of the configuration.
    pub version: u64,
    /// SHA-256 of the rule file, in hexadecimal; empty: there is none.
    pub sha256: String,
    says: Ruling,
}

impl Terms {
    /// What the terminal of a seed is configured with.
    #[must_use]
    pub fn configured(seed: u64) -> Self {
        Self {
            version: 0,
            sha256: String::new(),
            says: Ruling {
                kept_back: 0,
                guesses: BUDGET,
                second_operator: asks_for_two(seed),
                issued: false,
                common: false,
                six_digits: false,
            },
        }
    }

    /// Fewest tries that are left when a desk spends one.
    #[must_use]
    pub fn fewest(&self, desk: usize) -> u8 {
        let promised = if desk == 1 { 2 } else { 1 };
        promised + self.says.kept_back
    }

    /// Wrong tries per hour.
    #[must_use]
    pub fn guesses(&self) -> usize {
        self.says.guesses as usize
    }

    /// Whether a second operator approves.
    #[must_use]
    pub fn asks_for_two(&self) -> bool {
        self.says.second_operator
    }

    /// Whether a PIN is an issued one.
    #[must_use]
    pub fn is_issued(&self, digits: &str) -> bool {
        let also = self.says.issued && ALSO_ISSUED.contains(&digits);
        also || ["1234", "123456"].contains(&digits)
    }

    /// Whether a PIN of the storm may not be chosen.
    #[must_use]
    pub fn forbids(&self, digits: &str) -> bool {
        let common = self.says.common && ALSO_COMMON.contains(&digits);
        common || digits == "111111" || self.is_issued(digits)
    }

    /// Fewest digits of a PIN; the most are six.
    #[must_use]
    pub fn shortest(&self) -> usize {
        if self.says.six_digits { 6 } else { 4 }
    }

    fn body(&self, region: &str) -> String {
        let Ruling {
            guesses,
            second_operator,
            issued,
            common,
            ..
        } = self.says;
        let issued: &[&str] = if issued { &ALSO_ISSUED } else { &[] };
        let issued = [&["1234", "123456"], issued].concat();
        let common: &[&str] = if common { &ALSO_COMMON } else { &[] };
        let [staffed, kiosk] = [self.fewest(0), self.fewest(1)];
        format!(
            "region = {region:?}\nname = \"storm\"\nversion = {}\n\
             [pin]\nlength = {{ min = {}, max = 6 }}\n\
             [pin.rules]\nissued = {issued:?}\nalso_common = {common:?}\n\
             [floor]\nbilling = {staffed}\nkiosk = {kiosk}\ncounter = {staffed}\n\
             [issuer]\nagents_allowed = true\nsecond_operator = {second_operator}\n\
             [guesses]\nper_hour = {guesses}\n",
            self.version,
            self.shortest()
        )
    }
}

/// A rule file as the hall sends it.
#[derive(Debug, Clone)]
pub struct SentFile {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What it says.
    pub terms: Terms,
    /// Whether a terminal takes it that has the version below its own.
    pub is_good: bool,
}

impl SentFile {
    /// The file that the hall sends to a terminal with that version in force.
    #[must_use]
    pub fn of(pushed: Pushed, in_force: u64) -> Option<Self> {
        let version = match pushed.file {
            RegionFile::Same => in_force.max(1),
            RegionFile::Older => in_force.saturating_sub(1).max(1),
            _ => in_force + 1,
        };
        let mut terms = Terms {
            version,
            sha256: String::new(),
            says: pushed.says,
        };
        let bytes = signed(pushed.file, &terms).ok()?;
        terms.sha256 = hex::encode(Sha256::digest(&bytes));
        let known = matches!(
            pushed.file,
            RegionFile::Newer | RegionFile::Same | RegionFile::Older
        );
        Some(Self {
            bytes,
            is_good: known && version > in_force,
            terms,
        })
    }
}

fn signed(file: RegionFile, terms: &Terms) -> Result<Vec<u8>, RuleFileRefused> {
    let key =
        |id, seed| SigningKey::from_seed(id, &[seed; 32]).map_err(|_| RuleFileRefused::Signature);
    let region = if file == RegionFile::Foreign {
        "420200"
    } else {
        REGION
    };
    let key = match file {
        RegionFile::Forged => key(KEY, 2)?,
        RegionFile::Stranger => key("stranger", 2)?,
        _ => key(KEY, 1)?,
    };
    let mut bytes = key.sign(&terms.body(region))?;
    match file {
        RegionFile::Cut => bytes.truncate(bytes.len() - 3),
        // In the last number, so that the body stays one.
        RegionFile::Damaged => {
            if let Some(digit) = bytes.iter_mut().rev().nth(1) {
                *digit = if *digit == b'9' { b'8' } else { *digit + 1 };
            }
        }
        _ => {}
    }
    Ok(bytes)
}

/// Whose rule files the terminal takes.
#[must_use]
pub fn trust() -> Option<Trust> {
    let key = SigningKey::from_seed(KEY, &[1; 32]).ok()?;
    Some(Trust {
        region: REGION.to_owned(),
        keys: vec![TrustedKey::new(KEY, &key.public_key_hex()).ok()?],
    })
}
