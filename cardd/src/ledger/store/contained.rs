//! What goes wrong in the store: the machine's fault, or the store's own.

use std::{
    any::Any,
    io::{self, ErrorKind},
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Why a call to the store failed.
#[derive(Debug, thiserror::Error)]
pub(in crate::ledger) enum StoreError {
    /// The machine does not let it: full, read-only, no right, broken disk. What is stored may be
    /// whole, so it is not touched.
    #[error("{what}: {source}")]
    Machine {
        /// What was tried.
        what: &'static str,
        /// What the system answered.
        #[source]
        source: io::Error,
    },
    /// What is stored is not what was written.
    #[error("{what}")]
    Damaged {
        /// What was found.
        what: String,
    },
}

impl StoreError {
    pub(in crate::ledger) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }

    /// A call after a failure, before the store is opened anew.
    pub(in crate::ledger) fn closed() -> Self {
        let source = io::Error::new(ErrorKind::NotConnected, "closed after a failure");
        Self::Machine {
            what: "the store is closed",
            source,
        }
    }

    pub(in crate::ledger) fn machine(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Machine { what, source }
    }
}

/// Runs a call into `sled`, whose recovery of a torn file can panic.
pub(super) fn contained<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, StoreError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(sort(error)),
        Err(panic) => Err(StoreError::damaged(format!(
            "the store panicked: {}",
            said(&*panic)
        ))),
    }
}

fn sort(error: sled::Error) -> StoreError {
    match error {
        sled::Error::Io(source) if machine_fault(&source) => StoreError::Machine {
            what: "the store cannot read or write",
            source,
        },
        sled::Error::Io(_)
        | sled::Error::Corruption { .. }
        | sled::Error::CollectionNotFound(_)
        | sled::Error::Unsupported(_)
        | sled::Error::ReportableBug(_) => StoreError::damaged(error.to_string()),
    }
}

/// What `sled` finds wrong in its files, and what its system calls answer if a file is not what it
/// takes it for, has these kinds. The rest (full, read-only, no right, I/O error) is the machine's.
fn machine_fault(error: &io::Error) -> bool {
    !matches!(
        error.kind(),
        ErrorKind::Other
            | ErrorKind::InvalidData
            | ErrorKind::InvalidInput
            | ErrorKind::UnexpectedEof
            | ErrorKind::NotFound
            | ErrorKind::NotADirectory
            | ErrorKind::IsADirectory
            | ErrorKind::AlreadyExists
            | ErrorKind::FileTooLarge
    )
}

fn said(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
}
