//! Arguments of `hall enrol`. Keys are named by their files and never given.

use std::path::PathBuf;

use clap::Subcommand;
use hall_client::DeskKind;

/// Certificates for terminals and desks.
#[derive(Debug, Subcommand)]
pub(crate) enum EnrolCommand {
    /// A new authority in a directory
    Ca {
        /// Directory of the authority
        #[arg(long = "dir", id = "authority", value_name = "DIRECTORY")]
        ca: PathBuf,
        /// Its name
        #[arg(long, default_value = "cardd test authority")]
        name: String,
        /// Days that it is valid
        #[arg(long, default_value_t = 365)]
        days: u32,
        /// Days until the next revocation list
        #[arg(long, default_value_t = 7)]
        list_days: u32,
    },
    /// Certificate and key of a terminal
    Terminal {
        /// Directory of the authority
        #[arg(long = "dir", id = "authority", value_name = "DIRECTORY")]
        ca: PathBuf,
        /// Host under which it is called: name or address
        #[arg(long, required = true)]
        host: Vec<String>,
        /// Where to: PATH.pem and PATH.key
        #[arg(long, value_name = "PATH")]
        out: PathBuf,
        /// Days that it is valid
        #[arg(long, default_value_t = 30)]
        days: u32,
    },
    /// Certificate and key of a desk, the hall or an auditor
    Desk {
        /// Directory of the authority
        #[arg(long = "dir", id = "authority", value_name = "DIRECTORY")]
        ca: PathBuf,
        /// billing, kiosk, counter, hall or auditor
        #[arg(long, value_parser = kind)]
        kind: DeskKind,
        /// Name of the desk
        #[arg(long)]
        name: String,
        /// The person or program
        #[arg(long)]
        operator: String,
        /// Where to: PATH.pem and PATH.key
        #[arg(long, value_name = "PATH")]
        out: PathBuf,
        /// Days that it is valid
        #[arg(long, default_value_t = 30)]
        days: u32,
    },
    /// A new certificate and key for the same name, over the old ones; revokes nothing
    Renew {
        /// Directory of the authority
        #[arg(long = "dir", id = "authority", value_name = "DIRECTORY")]
        ca: PathBuf,
        /// The certificate
        #[arg(long = "old-certificate", id = "old_certificate", value_name = "FILE")]
        certificate: PathBuf,
        /// Its key
        #[arg(long = "old-key", id = "old_key", value_name = "FILE")]
        key: PathBuf,
        /// Days that it is valid
        #[arg(long, default_value_t = 30)]
        days: u32,
    },
    /// Revoke a certificate and write the next list
    Revoke {
        /// Directory of the authority
        #[arg(long = "dir", id = "authority", value_name = "DIRECTORY")]
        ca: PathBuf,
        /// The certificate
        #[arg(long = "old-certificate", id = "old_certificate", value_name = "FILE")]
        certificate: PathBuf,
        /// Days until the next revocation list
        #[arg(long, default_value_t = 7)]
        list_days: u32,
    },
    /// Write the next revocation list
    Crl {
        /// Directory of the authority
        #[arg(long = "dir", id = "authority", value_name = "DIRECTORY")]
        ca: PathBuf,
        /// Days until the next one
        #[arg(long, default_value_t = 7)]
        list_days: u32,
    },
}

fn kind(text: &str) -> Result<DeskKind, String> {
    let upper = text.to_ascii_uppercase();
    let found = DeskKind::ALL.iter().find(|kind| kind.code() == upper);
    found
        .copied()
        .ok_or_else(|| "billing, kiosk, counter, hall or auditor is expected".to_owned())
}
