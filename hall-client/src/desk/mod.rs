//! The pages that a desk shows, served on loopback by `hall desk`.
//!
//! A desk is a pure machine: what cardd, the pages and the clock say goes in; what the pages show
//! and what is to be asked of cardd comes out. Whole states are pushed to the pages, which only
//! render them. Digits never come here: a page seals them for cardd, and this program passes the
//! seal on.
//!
//! | module | what it holds |
//! |---|---|
//! | [`settings`] | the desk's configuration file |
//! | `machine` | what a desk is to the frame: inputs, work, views |
//! | `engine` | runs one machine: inputs in order, work beside it, views to whoever watches |
//! | `line` | the way to cardd: its state and events, over breaks |
//! | `views` | what several pages of one desk show, each with its turn |
//! | `entry` | an open entry, and the PINs that a page asks for it |
//! | `tray` | which card lies in this desk's reader |
//! | `refusal` | what a page says about a failure, and what comes next |
//! | `sealed` | a seal as a page sends it |
//! | `slip` | what a holder with a locked card takes to the counter |
//! | `gallery` | every screen of every page, for tests |
//! | `mask` | personal data, as far as a screen shows them |
//! | `http` | loopback server: assets, session, events, actions |
//! | `kiosk` | the self-service machine |
//! | `counter` | the agency counter: operator and holder |
//! | `billing` | the billing desk: cashier, holder, hospital system |
//!
//! A new kind of desk is a folder with a machine, a line in [`Kind`], and its pages under
//! `hall-client/desk/`.

mod billing;
mod counter;
mod engine;
mod entry;
mod gallery;
mod http;
mod kiosk;
mod line;
mod machine;
mod mask;
mod refusal;
mod sealed;
mod serve;
pub mod settings;
mod slip;
#[cfg(test)]
mod testing;
mod tray;
mod views;

pub use gallery::{Sample, every_screen};
pub use http::assets;
pub use refusal::every_refusal;
pub use serve::{Kind, Opened, ServeError, open};
