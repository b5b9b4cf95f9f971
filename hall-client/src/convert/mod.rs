//! Generated messages into the types of [`crate::model`], a file for each noun. Every match is
//! total; what a newer daemon adds is an error that names the field.

pub(crate) mod card;
pub(crate) mod event;
pub(crate) mod failure;
pub(crate) mod ledger;
pub(crate) mod pin;
pub(crate) mod policy;
pub(crate) mod reader;
pub(crate) mod terminal;

use crate::error::ContractError;

/// A message field that the contract says is always set.
fn present<T>(value: Option<T>, field: &'static str) -> Result<T, ContractError> {
    value.ok_or(ContractError::Missing { field })
}

/// A byte string of fixed length.
pub(crate) fn exact<const N: usize>(
    bytes: &[u8],
    field: &'static str,
) -> Result<[u8; N], ContractError> {
    bytes.try_into().map_err(|_| ContractError::Length {
        field,
        bytes: bytes.len(),
    })
}

#[cfg(test)]
mod tests;
