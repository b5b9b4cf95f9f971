//! What cardd has written since, and that nothing of before is gone.

use cardd::ledger::{Ledger, Record};

use super::Books;

impl Books {
    /// The records that cardd has written since the last call.
    pub fn new_records(&mut self, ledger: &Ledger) -> Vec<Record> {
        let after = self.last_read.map_or(0, |head| head.sequence);
        self.still_there(ledger);
        let records = ledger.records(after, 10_000).unwrap_or_default();
        if let Some(last) = records.last() {
            self.last_read = Some(last.head());
            self.bounded(last.sequence, &records);
        }
        self.goes_on(&records);
        self.keeps(ledger);
        records
    }

    /// What was acknowledged once is there for ever.
    fn still_there(&mut self, ledger: &Ledger) {
        let Some(known) = self.last_read else { return };
        if ledger
            .base()
            .is_ok_and(|base| base.sequence >= known.sequence)
        {
            return self.left(known.sequence);
        }
        let found = ledger.records(known.sequence - 1, 1).unwrap_or_default();
        let same = found
            .first()
            .is_some_and(|record| record.hash == known.hash);
        self.holds("acknowledged records outlive a crash", same, || {
            format!("record {} is gone", known.sequence)
        });
    }
}
