//! What cardd is told at its start: desks, rules, bounds, ledger.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use cardd::{
    ledger::LedgerSettings,
    pin::{PinLength, Rules},
    policy::{
        Desk, DeskKind, RulesInForce,
        region::{IssuerPolicy, PinPolicy},
    },
    sandbox::Protection,
    terminal::{IssuerSettings, Settings},
};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use super::{World, lock};
use crate::storm::{books::BUFFER, run::asks_for_two, sabotage::Wrapper};

/// Wrong tries per hour.
pub const BUDGET: u32 = 12;

/// The desks of the terminal, as they are configured.
#[must_use]
pub fn desk(index: usize, wrapper: Wrapper) -> Desk {
    let (name, kind) = match index {
        0 => ("billing", DeskKind::Billing),
        1 if wrapper == Wrapper::StaffsTheKiosk => ("kiosk", DeskKind::Counter),
        1 => ("kiosk", DeskKind::Kiosk),
        2 => ("counter", DeskKind::Counter),
        _ => ("hall", DeskKind::Hall),
    };
    Desk {
        name: name.to_owned(),
        kind,
    }
}

pub(super) fn configured(wrapper: Wrapper, seed: u64) -> RulesInForce {
    let mut rules = Rules::default();
    if wrapper == Wrapper::KnowsNoIssuedPin {
        rules.issued.clear();
    }
    let budget = if wrapper == Wrapper::CountsNoBudget {
        u32::MAX
    } else {
        BUDGET
    };
    let pin = PinPolicy {
        length: PinLength::default(),
        rules,
    };
    let issuer = IssuerPolicy {
        agents_allowed: true,
        second_operator: asks_for_two(seed),
    };
    RulesInForce::configured(pin, issuer, budget)
}

pub(super) fn settings(events_start: u64) -> Settings {
    Settings {
        terminal_id: "storm".to_owned(),
        receipt_lifetime: Duration::from_secs(300),
        card_work: Duration::from_secs(10),
        entry_lifetime: Duration::from_secs(120),
        open_entries: 64,
        events_start,
        event_buffer: BUFFER,
        watchers: 4,
        issuer: IssuerSettings {
            grant_lifetime: Duration::from_secs(600),
            // A hall that hangs up is told at once; nobody waits for these.
            hall_patience: Duration::from_secs(30),
            holder_wait: Duration::from_secs(30),
        },
        protection: Protection::none(),
    }
}

pub(super) fn ledger_settings(
    world: &Arc<World>,
    directory: &Path,
    seed: u64,
    (may_wait, kept): (u64, u64),
) -> LedgerSettings {
    let rng = Mutex::new(StdRng::seed_from_u64(seed));
    let world = Arc::clone(world);
    LedgerSettings {
        dir: directory.to_owned(),
        retention_records: kept,
        unacknowledged_limit: Some(may_wait),
        random: Arc::new(move || {
            let mut key = zeroize::Zeroizing::new([0; 32]);
            lock(&rng).fill_bytes(key.as_mut_slice());
            key
        }),
        now: Arc::new(move || {
            world.before_record();
            world.moment()
        }),
    }
}
