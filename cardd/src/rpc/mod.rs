//! gRPC: messages in, the terminal asked, messages out. Handlers only translate.

mod caller;
mod card_service;
mod connection;
mod convert;
mod counter_service;
mod issuer_service;
mod ledger_service;
mod pin_service;
mod policy_service;
mod pull;
mod reader_service;
mod receipt_service;
mod server;
mod socket;
mod status;
mod terminal_service;
mod tls;

pub use caller::Callers;
pub use server::{DeskSocket, Listeners, ServerError, serve};
pub use socket::{Socket, SocketError};
pub use tls::{Remote, RemoteError, TlsFiles};
