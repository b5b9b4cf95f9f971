//! Compiles the contract with a protobuf compiler in Rust: no `protoc` on the build machine.

use std::{env, error::Error, fs, path::PathBuf};

use prost::Message as _;

const FILES: [&str; 11] = [
    "google/rpc/status.proto",
    "cardd/v1/error.proto",
    "cardd/v1/terminal.proto",
    "cardd/v1/readers.proto",
    "cardd/v1/card.proto",
    "cardd/v1/receipt.proto",
    "cardd/v1/pin.proto",
    "cardd/v1/ledger.proto",
    "cardd/v1/counter.proto",
    "cardd/v1/issuer.proto",
    "cardd/v1/policy.proto",
];

/// Of the pages' server, which is none of cardd: not in the descriptors that cardd reflects.
const DESK_FILES: [&str; 1] = ["cardd/desk/v1/bill.proto"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    let descriptors = protox::compile(FILES, ["proto"])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("descriptors.bin"), descriptors.encode_to_vec())?;
    tonic_prost_build::configure().compile_fds(descriptors)?;
    tonic_prost_build::configure().compile_fds(protox::compile(DESK_FILES, ["proto"])?)?;
    Ok(())
}
