//! Why the issuer's keys gave no answer.

use std::path::PathBuf;

use super::kind::KeyKind;
use super::suite::CipherSuite;

/// Why a key backend cannot start or cannot answer. Never holds a key, a PIN or any part of one.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// No root is configured for this key.
    #[error("no {suite} root of {kind} is configured")]
    RootMissing {
        /// The key.
        kind: KeyKind,
        /// Its suite.
        suite: CipherSuite,
    },
    /// Two roots are configured for one key.
    #[error("more than one {suite} root of {kind} is configured")]
    RootTwice {
        /// The key.
        kind: KeyKind,
        /// Its suite.
        suite: CipherSuite,
    },
    /// A root of the wrong length.
    #[error("the {suite} root of {kind} has {bytes} bytes, not {expected}")]
    RootLength {
        /// The key.
        kind: KeyKind,
        /// Its suite.
        suite: CipherSuite,
        /// Its length.
        bytes: usize,
        /// The length it must have.
        expected: usize,
    },
    /// A random number that GET CHALLENGE does not give, or that the suite does not take.
    #[error("a challenge of {bytes} bytes: the DES suite takes 4 or 8, SM4 also 16")]
    ChallengeLength {
        /// Its length.
        bytes: usize,
    },
    /// More digits than the PIN block of the suite holds.
    #[error("the issued value has more digits than the {suite} suite can set")]
    IssuedValueTooLong {
        /// The suite.
        suite: CipherSuite,
    },
    /// EXTERNAL AUTHENTICATION is for PUK and RKSSSE.
    #[error("{kind} makes no data for EXTERNAL AUTHENTICATION")]
    NotForExternalAuthentication {
        /// The key asked for.
        kind: KeyKind,
    },
    /// Software keys are for simulated cards.
    #[error("software keys are for simulated cards and do not start in production")]
    SoftwareInProduction,
    /// A secret file that others may open, or that is no plain file.
    #[error("{} must be a plain file of mode 0600, not {mode:04o}", path.display())]
    NotPrivate {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A secret file that is empty, too long, or no text.
    #[error("{} is empty, longer than {limit_bytes} bytes, or not UTF-8", path.display())]
    FileContent {
        /// The file.
        path: PathBuf,
        /// Most bytes that are read.
        limit_bytes: usize,
    },
    /// A file that cannot be read.
    #[error("{} cannot be read", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
    /// A roots file that is none. What the parser says may repeat a key, so it is not kept.
    #[error("{}, line {line}: not a table of roots", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
    },
    /// The token's PIN is nothing that a token takes.
    #[error("the token's PIN is not one line of UTF-8")]
    UserPin,
    /// No source of the token's PIN is named.
    #[error("the token's PIN is neither in a file nor given")]
    UserPinMissing,
    /// The token refuses the PIN, and counts such tries.
    #[error("the token refuses the PIN; it counts wrong ones")]
    UserPinWrong,
    /// The token has seen too many wrong PINs.
    #[error("the token's PIN is locked; its security officer can set a new one")]
    UserPinLocked,
    /// Not exactly one token of that label.
    #[error("{found} tokens are named {label:?}, where one is expected")]
    TokenNotFound {
        /// The label.
        label: String,
        /// How many there are.
        found: usize,
    },
    /// Not exactly one key of that label.
    #[error("{found} secret keys in the token are named {label:?}, where one is expected")]
    TokenKeyNotFound {
        /// The label.
        label: String,
        /// How many there are.
        found: usize,
    },
    /// A root that could leave the token, or that serves for more than derivation.
    #[error("the key {label:?} does not do for a root: {attribute}")]
    TokenKeyUnfit {
        /// Its label.
        label: String,
        /// The attribute that is not as it must be.
        attribute: &'static str,
    },
    /// The token cannot do what the suite needs.
    #[error("the token cannot serve the {suite} suite: it lacks {mechanism}")]
    MechanismMissing {
        /// The suite.
        suite: CipherSuite,
        /// The mechanism, by its name in PKCS#11.
        mechanism: &'static str,
    },
    /// The token failed.
    #[error("the token did not {step}")]
    Token {
        /// What was asked of it.
        step: &'static str,
        /// What it said.
        #[source]
        cause: Box<cryptoki::error::Error>,
    },
    /// The backend is slower than a card can wait for; it may be stuck.
    #[error("the key backend did not answer in time")]
    Slow,
    /// The backend gave something that the cipher cannot give.
    #[error("the key backend gave an answer of the wrong length")]
    BackendAnswer,
}

impl KeyError {
    /// A failure of the token at a step.
    pub(super) fn token(step: &'static str) -> impl FnOnce(cryptoki::error::Error) -> Self {
        move |cause| Self::Token {
            step,
            cause: Box::new(cause),
        }
    }
}
