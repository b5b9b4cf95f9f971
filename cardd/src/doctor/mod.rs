//! `cardd doctor`: what keeps this terminal from working, or from being safe, in plain words, with
//! what to do next. It changes nothing, sends nothing to a card and needs no running daemon.
//!
//! One check a file. A check takes a [`Host`], whose files may be those of a test.

mod certificates;
mod clock;
mod configuration;
mod cores;
mod finding;
mod host;
mod ledger;
mod memory;
mod service;
mod service_log;
mod sockets;
mod swap;
mod walls;

use std::path::Path;

pub use finding::{Finding, Level, Report};
pub use host::Host;

/// Looks at everything that the configuration and the host tell. Checks that need a configuration
/// are left out if there is none that can be used.
#[must_use]
pub fn examine(config: &Path, host: &Host) -> Report {
    let (read, config) = configuration::check(config);
    let mut findings = vec![read];
    findings.extend(service::check(host, crate::reader::look()));
    findings.push(service_log::check(host));
    if let Some(config) = &config {
        findings.extend(sockets::check(host, &config.desk));
        findings.extend(ledger::check(host, &config.ledger));
        findings.extend(certificates::check(host, &config.remote));
    }
    findings.push(memory::check(host));
    findings.push(cores::check(host));
    findings.extend(swap::check(host));
    findings.extend(walls::check(host, &crate::sandbox::files::offered()));
    findings.push(clock::check(host));
    Report { findings }
}
