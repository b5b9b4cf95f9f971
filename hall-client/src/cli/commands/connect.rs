//! The terminal that the command line names: a socket of this host, or one over the network.

use std::{fs, io, os::unix::fs::PermissionsExt as _, path::Path};

use hall_client::{Limits, Terminal, TlsIdentity};
use zeroize::Zeroizing;

use crate::cli::{args::Hall, problem::Problem};

pub(super) async fn connect(hall: &Hall) -> Result<Terminal, Problem> {
    let remote = &hall.remote;
    let Some(address) = &remote.connect else {
        return Ok(Terminal::connect(&hall.socket).await?);
    };
    let needed = (&remote.certificate, &remote.key, &remote.ca);
    let (Some(certificate), Some(key), Some(ca)) = needed else {
        let missing = io::Error::other("--connect needs --certificate, --key and --ca");
        return Err(Problem::system("connect")(missing));
    };
    let read = |path: &Path| fs::read(path).map_err(Problem::system("read a certificate"));
    let key = Zeroizing::new(private(key).map_err(Problem::system("read the private key"))?);
    let identity = TlsIdentity::from_pem(&read(certificate)?, &key, &read(ca)?)
        .map_err(Problem::system("use the certificate"))?;
    Ok(Terminal::connect_tls(address, &identity, Limits::default()).await?)
}

/// A key that others than its owner can read is refused.
fn private(path: &Path) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
        return Err(io::Error::other("the key is open to others than its owner"));
    }
    fs::read(path)
}
