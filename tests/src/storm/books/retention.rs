//! What the ledger keeps: what the hall has leaves it once there is more than is to be kept, and nothing
//! else does.

use cardd::ledger::Ledger;
use hall_client::evidence::record::EvidenceRecord;

use super::Books;

const PROMISE: &str = "what the hall has leaves, and nothing else";

/// Records beyond those that are to be kept: what one write adds and says again, and what the writes add in
/// which others leave, some at a time.
const LEEWAY: u64 = 10;

/// What the ledger keeps, and what left it.
pub(super) struct Retained {
    /// Records that are to be kept.
    limit: u64,
    /// The last record that left.
    base: u64,
    /// Every record, as it was first read.
    pub(super) seen: Vec<EvidenceRecord>,
}

impl Retained {
    pub(super) fn new(limit: u64) -> Self {
        Self {
            limit,
            base: 0,
            seen: Vec::new(),
        }
    }

    /// Whether what came after that record is kept.
    pub(super) fn has(&self, after: u64) -> bool {
        self.base <= after
    }
}

impl Books {
    /// The ledger after new records came.
    pub fn keeps(&mut self, ledger: &Ledger) {
        let (Ok(base), Ok(head)) = (ledger.base(), ledger.head()) else {
            return;
        };
        let (base, head) = (base.sequence, head.sequence);
        let has = self.delivery.has();
        self.holds(PROMISE, base <= has, || {
            format!("kept from {base} on, the hall has {has}")
        });
        let before = self.retained.base;
        self.holds(PROMISE, base >= before, || {
            format!("kept from {before} on, then from {base}")
        });
        let most = self.retained.limit.max(head.saturating_sub(has)) + LEEWAY;
        // What the hall has leaves with the writes that come after its word.
        let bounded = head - base <= most || head <= self.delivery.has_since() + LEEWAY;
        self.holds(PROMISE, bounded, || {
            format!("{} records are kept, the hall has {has}", head - base)
        });
        self.retained.base = base;
    }

    /// A record that was read once is not there any more.
    pub(super) fn left(&mut self, sequence: u64) {
        let has = self.delivery.has();
        self.holds(PROMISE, sequence <= has, || {
            format!("record {sequence} is gone, the hall has {has}")
        });
    }
}
