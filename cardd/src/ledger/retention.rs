//! How many records stay: what the hall has may go, what it has not must stay.

use super::{Body, LedgerError};

/// What stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Retention {
    /// Records kept; the oldest go as newer come.
    pub(super) records: u64,
    /// Records that the hall does not have: none of them goes, and this many close PIN work. `None`
    /// where no hall collects: then the oldest go whether or not anybody has them.
    pub(super) unacknowledged_limit: Option<u64>,
}

impl Retention {
    /// How many of the oldest kept records, those after `base` up to `head`, may and must go for
    /// `added` new ones.
    pub(super) fn over(self, (base, head): (u64, u64), acknowledged: u64, added: u64) -> u64 {
        let kept = head - base;
        let may_go = match self.unacknowledged_limit {
            Some(_) => acknowledged.saturating_sub(base).min(kept),
            None => kept,
        };
        (kept + added).saturating_sub(self.records).min(may_go)
    }

    pub(super) fn backlog(self, head: u64, acknowledged: u64) -> Backlog {
        Backlog {
            records: head.saturating_sub(acknowledged),
            limit: self.unacknowledged_limit,
        }
    }
}

/// Records that the hall does not have yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// How many.
    pub records: u64,
    /// So many close PIN work; `None` where no hall collects.
    pub limit: Option<u64>,
}

impl Backlog {
    /// Whether the limit is reached.
    #[must_use]
    pub fn is_full(self) -> bool {
        self.limit.is_some_and(|limit| self.records >= limit)
    }

    /// Whether less than a fifth of the limit is left.
    #[must_use]
    pub fn is_near_full(self) -> bool {
        self.limit
            .is_some_and(|limit| self.records >= limit - limit / 5)
    }

    /// A full ledger takes what ends work that was begun, and nothing that begins any.
    pub(super) fn admit(self, body: &Body) -> Result<(), LedgerError> {
        let begins = matches!(
            body,
            Body::Intent(_) | Body::Denied { .. } | Body::CaseOpened(_) | Body::CaseApproved { .. }
        );
        match self.limit {
            Some(limit) if begins && self.is_full() => Err(LedgerError::Full { limit }),
            Some(_) | None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::DenialEntry;

    const HALL: Retention = Retention {
        records: 100,
        unacknowledged_limit: Some(1000),
    };

    #[test]
    fn only_what_the_hall_has_goes() {
        for ((base, head), acknowledged, added, goes) in [
            ((0, 99), 99, 1, 0),
            ((0, 100), 100, 1, 1),
            ((0, 100), 0, 1, 0),
            ((0, 500), 50, 1, 50),
            ((50, 500), 50, 1, 0),
            ((50, 500), 20, 1, 0),
            ((400, 500), 500, 8, 8),
            ((0, 500), 500, 1, 401),
        ] {
            let over = HALL.over((base, head), acknowledged, added);
            assert_eq!(over, goes, "{base}..{head}, {acknowledged}, {added}");
        }
        let alone = Retention {
            unacknowledged_limit: None,
            ..HALL
        };
        assert_eq!(alone.over((0, 500), 0, 1), 401);
    }

    #[test]
    fn full_ledger_ends_work_and_begins_none() {
        let near = HALL.backlog(1799, 1000);
        assert_eq!((near.is_near_full(), near.is_full()), (false, false));
        let near = HALL.backlog(1800, 1000);
        assert_eq!((near.is_near_full(), near.is_full()), (true, false));
        let full = HALL.backlog(2000, 1000);
        assert!(full.is_full());
        let denied = Body::Denied(DenialEntry {
            desk: String::new(),
            operation: String::new(),
            reason: String::new(),
            card: None,
        });
        assert!(matches!(
            full.admit(&denied),
            Err(LedgerError::Full { limit: 1000 })
        ));
        assert!(full.admit(&Body::Stopped).is_ok());
        assert!(near.admit(&denied).is_ok());
    }
}
