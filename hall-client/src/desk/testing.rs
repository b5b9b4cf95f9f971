//! What tests of machines say of the world.

use crate::model::*;

/// A reader.
pub(crate) fn reader(slot: Slot) -> Reader {
    Reader {
        name: "a".to_owned(),
        slot,
    }
}

/// A stay of a card.
pub(crate) fn insertion(number: u64) -> Insertion {
    Insertion::new(number).unwrap()
}

/// A card.
pub(crate) fn card() -> CardSummary {
    CardSummary {
        generation: Generation::Second,
        specification_version: "2.00".to_owned(),
        card_number: "ZZ0000125".to_owned(),
    }
}

/// The rules of a terminal that never took a rule file.
pub(crate) fn configured_rules() -> RulesInForce {
    RulesInForce {
        source: RulesSource::Configuration,
        region: String::new(),
        region_name: String::new(),
        version: 0,
        sha256: Vec::new(),
        key_id: String::new(),
    }
}

/// A terminal that works, as a desk of this kind sees it.
pub(crate) fn status(kind: DeskKind) -> TerminalStatus {
    TerminalStatus {
        version: String::new(),
        terminal_id: String::new(),
        started_unix_ms: 0,
        desk: Desk {
            name: "d".to_owned(),
            kind,
        },
        pcsc: ServiceState::Up,
        ledger: LedgerState::Ready,
        old_ledger_head_hex: None,
        ledger_head_sequence: 0,
        ledger_unacknowledged: 0,
        ledger_unacknowledged_limit: 0,
        ledger_enrolled: false,
        readers: 1,
        open_entries: 0,
        guess_budget: GuessBudget {
            limit_per_hour: 10,
            spent: 0,
            kiosks_closed: false,
        },
        protection: Vec::new(),
        rules: configured_rules(),
    }
}
