//! Why a certificate cannot be made.

use std::{io, path::PathBuf};

/// Why a certificate cannot be made, renewed or revoked.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// A file cannot be read or written.
    #[error("cannot {step} {}", path.display())]
    File {
        /// What was tried.
        step: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// An authority is there already; its key is not replaced.
    #[error("{} exists", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A file of the authority does not hold what it should.
    #[error("{} cannot be used", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// A certificate that is neither a terminal's nor a desk's.
    #[error("not the certificate of a terminal or of a desk")]
    Foreign,
    /// A name that certificates do not take.
    #[error("{name:?} is not a name that a certificate takes")]
    Name {
        /// The name.
        name: String,
    },
    /// The generator refuses.
    #[error("the certificate cannot be made")]
    Generator(#[from] rcgen::Error),
}
