//! The lines above the body, and the order in which a file is looked at.

use sha2::{Digest as _, Sha256};

use super::{RegionPolicy, RuleFileRefused, TrustedKey, keys::is_id};

/// Largest rule file, bytes.
pub const MAX_FILE_BYTES: usize = 32 * 1024;

const FIRST_LINE: &str = "cardd-rules/1";
const SIGNATURE_BYTES: usize = 64;

/// Whose files are taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust {
    /// Administrative division (GB/T 2260) of the terminal.
    pub region: String,
    /// Keys whose signatures are taken.
    pub keys: Vec<TrustedKey>,
}

/// A rule file whose signature holds, whose body is sound and whose region is the trusted one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFile {
    /// What it says.
    pub policy: RegionPolicy,
    /// Name of the key that signed it.
    pub key_id: String,
    /// SHA-256 of the whole file.
    pub sha256: [u8; 32],
}

impl RuleFile {
    /// Checks a file; nothing of the body is looked at before its signature holds.
    ///
    /// # Errors
    /// [`RuleFileRefused`], the first reason.
    pub fn check(file: &[u8], trust: &Trust) -> Result<Self, RuleFileRefused> {
        bounded(file)?;
        let parts = Parts::of(file)?;
        let known = trust.keys.iter().filter(|key| key.id() == parts.key_id);
        let keys: Vec<_> = known.collect();
        if keys.is_empty() {
            return Err(RuleFileRefused::KeyUnknown(parts.key_id.to_owned()));
        }
        let message = message(parts.key_id, parts.body.as_bytes());
        if !keys
            .iter()
            .any(|key| key.verifies(&message, &parts.signature))
        {
            return Err(RuleFileRefused::Signature);
        }
        let policy = RegionPolicy::parse(parts.body)?;
        if policy.region != trust.region {
            return Err(RuleFileRefused::Region {
                found: policy.region,
                expected: trust.region.clone(),
            });
        }
        Ok(Self {
            policy,
            key_id: parts.key_id.to_owned(),
            sha256: Sha256::digest(file).into(),
        })
    }

    /// As [`RuleFile::check`], for a file that is to replace the one of version `in_force`.
    ///
    /// # Errors
    /// [`RuleFileRefused`].
    pub fn check_newer(
        file: &[u8],
        trust: &Trust,
        in_force: Option<u64>,
    ) -> Result<Self, RuleFileRefused> {
        let opened = Self::check(file, trust)?;
        match in_force {
            Some(in_force) if opened.policy.version <= in_force => Err(RuleFileRefused::Version {
                found: opened.policy.version,
                in_force,
            }),
            Some(_) | None => Ok(opened),
        }
    }
}

/// The body of a signed file, for whoever wants to read it; nothing about it is checked.
///
/// # Errors
/// [`RuleFileRefused::TooLarge`], [`RuleFileRefused::NotARuleFile`].
pub fn body_of(file: &[u8]) -> Result<&str, RuleFileRefused> {
    bounded(file)?;
    Ok(Parts::of(file)?.body)
}

pub(super) fn bounded(file: &[u8]) -> Result<(), RuleFileRefused> {
    if file.len() > MAX_FILE_BYTES {
        return Err(RuleFileRefused::TooLarge {
            bytes: file.len(),
            most: MAX_FILE_BYTES,
        });
    }
    Ok(())
}

/// What is signed. A key's name has no zero byte, so that no two files have the same message.
pub(super) fn message(key_id: &str, body: &[u8]) -> Vec<u8> {
    [FIRST_LINE.as_bytes(), b"\0", key_id.as_bytes(), b"\0", body].concat()
}

pub(super) fn render(key_id: &str, signature_hex: &str, body: &str) -> Vec<u8> {
    format!("{FIRST_LINE}\nkey {key_id}\ned25519 {signature_hex}\n\n{body}").into_bytes()
}

struct Parts<'f> {
    key_id: &'f str,
    signature: [u8; SIGNATURE_BYTES],
    body: &'f str,
}

impl<'f> Parts<'f> {
    fn of(file: &'f [u8]) -> Result<Self, RuleFileRefused> {
        let odd = RuleFileRefused::NotARuleFile;
        let text = str::from_utf8(file).map_err(|_| odd("it is not UTF-8"))?;
        let rest = text
            .strip_prefix(FIRST_LINE)
            .and_then(|rest| rest.strip_prefix("\nkey "))
            .ok_or(odd(
                "its first lines are not `cardd-rules/1` and `key NAME`",
            ))?;
        let (key_id, rest) = rest.split_once('\n').ok_or(odd("it ends with its key"))?;
        if !is_id(key_id) {
            return Err(odd("its key's name is none"));
        }
        let (signature_hex, body) = rest
            .strip_prefix("ed25519 ")
            .and_then(|rest| rest.split_once("\n\n"))
            .ok_or(odd("`ed25519 SIGNATURE` and an empty line are missing"))?;
        Ok(Self {
            key_id,
            signature: signature(signature_hex)
                .ok_or(odd("its signature is not 128 hexadecimal characters"))?,
            body,
        })
    }
}

/// Lower case only: one way to write each signature.
fn signature(text: &str) -> Option<[u8; SIGNATURE_BYTES]> {
    let mut bytes = [0; SIGNATURE_BYTES];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    (hex::encode(bytes) == text).then_some(bytes)
}
