//! Why a rule file is not taken.

/// Why a rule file is not taken. The first that applies, in this order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleFileRefused {
    /// More bytes than any rule file has.
    #[error("{bytes} bytes; a rule file has at most {most}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// Largest size.
        most: usize,
    },
    /// The lines above the body are not those of a rule file.
    #[error("not a rule file: {0}")]
    NotARuleFile(&'static str),
    /// No trusted key has the name that the file gives.
    #[error("signed with the key {0:?}, which is not trusted here")]
    KeyUnknown(String),
    /// The signature is not that of the named key over this body.
    #[error("the signature does not hold")]
    Signature,
    /// The body is no rule file's, or a value is out of its bounds. Names the line or the key.
    #[error("{0}")]
    Malformed(String),
    /// For another region.
    #[error("for the region {found}, not {expected}")]
    Region {
        /// The region that the file names.
        found: String,
        /// The region of whoever looks at it.
        expected: String,
    },
    /// Not newer than the file in force.
    #[error("version {found} is not newer than version {in_force}")]
    Version {
        /// Version of the file.
        found: u64,
        /// Version in force.
        in_force: u64,
    },
}
