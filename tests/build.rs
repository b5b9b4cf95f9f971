//! Builds what the memory tests preload, with the C compiler that Rust links with.

use std::{env, error::Error, path::PathBuf, process::Command};

const SOURCE: &str = "src/memory/quarantine.c";

fn main() -> Result<(), Box<dyn Error>> {
    let library = PathBuf::from(env::var("OUT_DIR")?).join("libquarantine.so");
    // Not built in: the compiler must not take the two functions for the library's own.
    let flags = ["-shared", "-fPIC", "-O1", "-fno-builtin", "-o"];
    let mut compiler = Command::new("cc");
    let built = compiler.args(flags).arg(&library).arg(SOURCE).status()?;
    if !built.success() {
        return Err(format!("cc does not build {SOURCE}").into());
    }
    println!("cargo::rerun-if-changed={SOURCE}");
    println!("cargo::rustc-env=QUARANTINE={}", library.display());
    Ok(())
}
