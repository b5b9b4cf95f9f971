//! Receipts and their cancellations: what is signed, how, and how it is written on one line.
//!
//! Signed is the name of the kind, a zero byte, and the very bytes of the statement, which are read
//! only after the signature held. One receipt has one text: anything else is no receipt, so that a
//! text that was changed in any way is refused.

use prost::Message;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::v1::{Bill, Cancellation, CancellationStatement, Receipt, ReceiptKey, ReceiptStatement};

/// Bytes of a public key, and of the seed of a private one.
pub const KEY_BYTES: usize = 32;

/// Bytes of a key's name.
pub const KEY_ID_BYTES: usize = 8;

/// Bytes of a receipt's name.
pub const RECEIPT_ID_BYTES: usize = 16;

/// Longest bill reference, characters.
pub const REFERENCE_LIMIT: usize = 64;

/// Largest amount, fen: a thousand million yuan.
pub const AMOUNT_LIMIT_FEN: u64 = 100_000_000_000;

/// Longest text of a receipt or cancellation, bytes; far more than one has.
const TEXT_LIMIT: usize = 4096;

/// Name of a public key.
#[must_use]
pub fn key_id(public_key: &[u8; KEY_BYTES]) -> [u8; KEY_ID_BYTES] {
    let digest: [u8; 32] = Sha256::digest(public_key).into();
    let mut id = [0; KEY_ID_BYTES];
    for (to, from) in id.iter_mut().zip(digest) {
        *to = from;
    }
    id
}

/// Whether a receipt can be asked for this bill.
#[must_use]
pub fn is_bill(bill: &Bill) -> bool {
    let reference = bill.reference.as_bytes();
    (1..=REFERENCE_LIMIT).contains(&reference.len())
        && reference.iter().all(u8::is_ascii_graphic)
        && (1..=AMOUNT_LIMIT_FEN).contains(&bill.amount_fen)
}

/// The private half of a terminal's receipt key. Its seed is wiped on drop; what a signature is
/// computed with lies on the stack for as long as that takes.
pub struct SigningKey {
    seed: Zeroizing<[u8; KEY_BYTES]>,
    public: [u8; KEY_BYTES],
}

impl SigningKey {
    /// The key that a seed stands for; every seed stands for one (RFC 8032, 5.1.5).
    ///
    /// # Errors
    /// [`NotSigned`] if the library cannot make one.
    pub fn from_seed(seed: Zeroizing<[u8; KEY_BYTES]>) -> Result<Self, NotSigned> {
        let pair = pair(&seed)?;
        let public = pair.public_key().as_ref().try_into();
        Ok(Self {
            seed,
            public: public.map_err(|_| NotSigned)?,
        })
    }

    /// The half that is no secret.
    #[must_use]
    pub fn public_key(&self) -> [u8; KEY_BYTES] {
        self.public
    }

    /// The seed, for the file that keeps it.
    #[must_use]
    pub fn seed(&self) -> &Zeroizing<[u8; KEY_BYTES]> {
        &self.seed
    }

    /// Signs a receipt; its `key_id` is set to this key's.
    ///
    /// # Errors
    /// [`NotSigned`] if the library fails.
    pub fn receipt(&self, mut said: ReceiptStatement) -> Result<Receipt, NotSigned> {
        said.key_id = key_id(&self.public).to_vec();
        let statement = said.encode_to_vec();
        let signature = self.sign(Kind::Receipt, &statement)?;
        Ok(Receipt {
            statement,
            signature,
        })
    }

    /// Signs a cancellation; its `key_id` is set to this key's.
    ///
    /// # Errors
    /// [`NotSigned`] if the library fails.
    pub fn cancellation(&self, mut said: CancellationStatement) -> Result<Cancellation, NotSigned> {
        said.key_id = key_id(&self.public).to_vec();
        let statement = said.encode_to_vec();
        let signature = self.sign(Kind::Cancellation, &statement)?;
        Ok(Cancellation {
            statement,
            signature,
        })
    }

    fn sign(&self, kind: Kind, statement: &[u8]) -> Result<Vec<u8>, NotSigned> {
        let signature = pair(&self.seed)?.sign(&signed(kind, statement));
        Ok(signature.as_ref().to_vec())
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", hex::encode(key_id(&self.public)))
    }
}

fn pair(seed: &[u8; KEY_BYTES]) -> Result<Ed25519KeyPair, NotSigned> {
    Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| NotSigned)
}

/// The library made no signature: a defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no signature could be made")]
pub struct NotSigned;

/// Why something is no receipt of that key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSignedSo {
    /// Not of the form at all.
    #[error("not of the form of a receipt")]
    Malformed,
    /// The signature does not hold.
    #[error("the signature does not hold")]
    Altered,
}

/// What is signed.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Receipt,
    Cancellation,
}

fn signed(kind: Kind, statement: &[u8]) -> Vec<u8> {
    let name: &[u8] = match kind {
        Kind::Receipt => b"cardd receipt v1\0",
        Kind::Cancellation => b"cardd receipt cancelled v1\0",
    };
    [name, statement].concat()
}

/// What a receipt says of its key, before anything is believed: to look the key up.
///
/// # Errors
/// [`NotSignedSo::Malformed`].
pub fn claimed_key(receipt: &Receipt) -> Result<[u8; KEY_ID_BYTES], NotSignedSo> {
    let said = ReceiptStatement::decode(receipt.statement.as_slice());
    named_key(said.map(|said| said.key_id))
}

/// The same of a cancellation.
///
/// # Errors
/// [`NotSignedSo::Malformed`].
pub fn claimed_cancellation_key(
    cancellation: &Cancellation,
) -> Result<[u8; KEY_ID_BYTES], NotSignedSo> {
    let said = CancellationStatement::decode(cancellation.statement.as_slice());
    named_key(said.map(|said| said.key_id))
}

fn named_key(key_id: Result<Vec<u8>, prost::DecodeError>) -> Result<[u8; 8], NotSignedSo> {
    let key_id = key_id.map_err(|_| NotSignedSo::Malformed)?;
    key_id.try_into().map_err(|_| NotSignedSo::Malformed)
}

/// What a receipt says, if it was signed with that key.
///
/// # Errors
/// [`NotSignedSo`].
pub fn open(
    receipt: &Receipt,
    public_key: &[u8; KEY_BYTES],
) -> Result<ReceiptStatement, NotSignedSo> {
    holds(
        Kind::Receipt,
        &receipt.statement,
        &receipt.signature,
        public_key,
    )?;
    let said = ReceiptStatement::decode(receipt.statement.as_slice());
    let said = said.map_err(|_| NotSignedSo::Malformed)?;
    let bill = said.bill.as_ref().is_some_and(is_bill);
    if said.receipt_id.len() == RECEIPT_ID_BYTES && bill {
        Ok(said)
    } else {
        Err(NotSignedSo::Malformed)
    }
}

/// What a cancellation says, if it was signed with that key.
///
/// # Errors
/// [`NotSignedSo`].
pub fn open_cancellation(
    cancellation: &Cancellation,
    public_key: &[u8; KEY_BYTES],
) -> Result<CancellationStatement, NotSignedSo> {
    let (statement, signature) = (&cancellation.statement, &cancellation.signature);
    holds(Kind::Cancellation, statement, signature, public_key)?;
    let said = CancellationStatement::decode(statement.as_slice());
    let said = said.map_err(|_| NotSignedSo::Malformed)?;
    if said.receipt_id.len() == RECEIPT_ID_BYTES {
        Ok(said)
    } else {
        Err(NotSignedSo::Malformed)
    }
}

fn holds(
    kind: Kind,
    statement: &[u8],
    signature: &[u8],
    public_key: &[u8; KEY_BYTES],
) -> Result<(), NotSignedSo> {
    let key = UnparsedPublicKey::new(&ED25519, public_key);
    key.verify(&signed(kind, statement), signature)
        .map_err(|_| NotSignedSo::Altered)
}

/// A key as the contract has it, if its name belongs to it.
#[must_use]
pub fn checked_key(key: &ReceiptKey) -> Option<([u8; KEY_ID_BYTES], [u8; KEY_BYTES])> {
    let public = key.public_key.as_slice().try_into().ok()?;
    let id = key_id(&public);
    (key.key_id == id).then_some((id, public))
}

/// One line that carries a receipt: `CR1.<statement>.<signature>`, in lower-case hexadecimal.
#[must_use]
pub fn to_text(receipt: &Receipt) -> String {
    line("CR1", &receipt.statement, &receipt.signature)
}

/// Reads that line.
///
/// # Errors
/// [`NotSignedSo::Malformed`], also for a line that differs from the one that [`to_text`] makes.
pub fn from_text(text: &str) -> Result<Receipt, NotSignedSo> {
    let (statement, signature) = parts("CR1", text)?;
    Ok(Receipt {
        statement,
        signature,
    })
}

/// One line that carries a cancellation: `CC1.<statement>.<signature>`.
#[must_use]
pub fn cancellation_to_text(cancellation: &Cancellation) -> String {
    line("CC1", &cancellation.statement, &cancellation.signature)
}

/// Reads that line.
///
/// # Errors
/// As [`from_text`].
pub fn cancellation_from_text(text: &str) -> Result<Cancellation, NotSignedSo> {
    let (statement, signature) = parts("CC1", text)?;
    Ok(Cancellation {
        statement,
        signature,
    })
}

fn line(mark: &str, statement: &[u8], signature: &[u8]) -> String {
    format!(
        "{mark}.{}.{}",
        hex::encode(statement),
        hex::encode(signature)
    )
}

fn parts(mark: &str, text: &str) -> Result<(Vec<u8>, Vec<u8>), NotSignedSo> {
    let fields: Vec<_> = text.splitn(4, '.').collect();
    let [found, statement, signature] = fields.as_slice() else {
        return Err(NotSignedSo::Malformed);
    };
    if text.len() > TEXT_LIMIT || *found != mark {
        return Err(NotSignedSo::Malformed);
    }
    let decoded = |field: &str| hex::decode(field).map_err(|_| NotSignedSo::Malformed);
    let (statement, signature) = (decoded(statement)?, decoded(signature)?);
    if line(mark, &statement, &signature) == text {
        Ok((statement, signature))
    } else {
        Err(NotSignedSo::Malformed)
    }
}

#[cfg(test)]
mod tests;
