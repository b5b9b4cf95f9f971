//! `hall desk`.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, ValueEnum};

/// Which desk's pages, and where.
#[derive(Debug, Clone, Args)]
pub(crate) struct DeskArgs {
    /// Which desk; must be the kind of the socket's desk
    #[arg(long, value_enum)]
    pub(crate) kind: DeskPages,
    /// Loopback address and port of the pages; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:7420", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// What the pages say about this place, TOML
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// A desk that has pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeskPages {
    /// The self-service machine
    Kiosk,
    /// The billing desk of a hospital: cashier and holder
    Billing,
    /// The agency counter: operator and holder
    Counter,
}
