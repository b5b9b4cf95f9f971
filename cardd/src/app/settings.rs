//! What each layer is told of the configuration.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use rand::Rng as _;
use zeroize::Zeroizing;

use super::clock::{unix_ms, whole_ms};
use crate::{
    config::Config,
    ledger::{LedgerSettings, Moment},
    reader::ReaderSettings,
    sandbox::Protection,
    terminal::{IssuerSettings, Settings},
};

pub(super) fn settings(config: &Config, protection: Protection, events_start: u64) -> Settings {
    let limits = &config.limits;
    Settings {
        terminal_id: config.terminal_id.clone(),
        card_work: Duration::from_millis(limits.card_work_ms),
        entry_lifetime: Duration::from_millis(limits.entry_lifetime_ms),
        open_entries: limits.open_entries,
        events_start,
        event_buffer: limits.event_buffer,
        watchers: limits.watchers,
        receipt_lifetime: Duration::from_millis(limits.receipt_lifetime_ms),
        issuer: issuer_settings(config),
        protection,
    }
}

fn issuer_settings(config: &Config) -> IssuerSettings {
    let issuer = &config.issuer;
    IssuerSettings {
        grant_lifetime: Duration::from_millis(issuer.grant_lifetime_ms),
        hall_patience: Duration::from_millis(issuer.hall_patience_ms),
        holder_wait: Duration::from_millis(issuer.holder_wait_ms),
    }
}

pub(super) fn ledger_settings(config: &Config) -> LedgerSettings {
    let started = Instant::now();
    LedgerSettings {
        dir: config.ledger.directory.clone(),
        retention_records: config.ledger.retention_records,
        unacknowledged_limit: match config.ledger.unacknowledged_limit {
            0 => None,
            limit => Some(limit),
        },
        random: Arc::new(random_key),
        now: Arc::new(move || Moment {
            unix_ms: unix_ms(),
            running_ms: whole_ms(started.elapsed()),
        }),
    }
}

fn random_key() -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    rand::rng().fill_bytes(key.as_mut_slice());
    key
}

pub(super) fn reader_settings(config: &Config) -> ReaderSettings {
    ReaderSettings {
        card_held_deadline: Duration::from_millis(config.readers.card_held_ms),
        queue_jobs: config.readers.queue_jobs,
        service_retry: Duration::from_millis(config.readers.service_retry_ms),
        ..ReaderSettings::default()
    }
}
