//! The contract between cardd and its clients.
//!
//! | module | what it holds |
//! |---|---|
//! | [`v1`] | messages, clients and servers generated from `proto/cardd/v1/*.proto` |
//! | [`desk_v1`] | the same for the server of a desk's pages, `proto/cardd/desk/v1/*.proto` |
//! | [`detail`] | [`v1::CardError`] in and out of a gRPC status |
//! | [`reason`] | which gRPC code, and so which next action, belongs to each [`v1::Reason`] |
//! | [`text`] | the message catalogue: what a person reads for each reason, Chinese and English |
//! | [`secret`] | bytes that are wiped when dropped and never printed |
//! | [`enrolment`] | a ledger's first key on its way to the hall |
//! | [`receipt`] | what is signed about a verified bill, and how |
//! | [`entry`] | what a holder typed, as a fixed-size message, and its HPKE seal |
//!
//! It is the only code shared by both ends.

pub mod detail;
pub mod enrolment;
pub mod entry;
pub mod reason;
pub mod receipt;
pub mod secret;
pub mod text;

/// Version 1 of the contract, generated.
#[expect(
    missing_docs,
    reason = "generated; the .proto files carry the documentation"
)]
pub mod v1 {
    tonic::include_proto!("cardd.v1");
}

/// Version 1 of what the server of a desk's pages offers, generated.
#[expect(
    missing_docs,
    reason = "generated; the .proto files carry the documentation"
)]
pub mod desk_v1 {
    tonic::include_proto!("cardd.desk.v1");
}

/// The standard envelope of error details, generated.
#[expect(unreachable_pub, reason = "generated")]
pub(crate) mod rpc_status {
    tonic::include_proto!("google.rpc");
}

/// Encoded `FileDescriptorSet` of the contract, for gRPC server reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
