//! Records, their chain, and what the hall and those who watch get of them.

use super::Mutant;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant {
        tag: "count_after",
        name: "counts after the command instead of before",
        promise: "intent before every command with an effect",
        edits: &[
            (
                "cardd/src/ledger/handle.rs",
                r##"        self.writer.write(Body::Intent(entry)).map(Intent::new)
"##,
                r##"        if crate::broken("count_after") {
            LATER.with_borrow_mut(|later| later.push(Body::Intent(entry)));
            return Ok(Intent::new(self.head()?.sequence + 1));
        }
        self.writer.write(Body::Intent(entry)).map(Intent::new)
"##,
            ),
            (
                "cardd/src/ledger/handle.rs",
                r##"    pub fn close(&self, intent: Intent, outcome: Outcome) -> Result<u64, LedgerError> {
"##,
                r##"    pub fn close(&self, intent: Intent, outcome: Outcome) -> Result<u64, LedgerError> {
        for body in LATER.take() {
            self.writer.write(body)?;
        }
"##,
            ),
            (
                "cardd/src/ledger/handle.rs",
                r##"impl Ledger {
    /// Opens the ledger"##,
                r##"std::thread_local! {
    static LATER: std::cell::RefCell<Vec<Body>> = const { std::cell::RefCell::new(Vec::new()) };
}

impl Ledger {
    /// Opens the ledger"##,
            ),
        ],
    },
    Mutant {
        tag: "no_flush",
        name: "a record is acknowledged before it is flushed",
        promise: "acknowledged records outlive a crash",
        edits: &[(
            "cardd/src/ledger/store/mod.rs",
            "        contained(|| db.apply_batch(batch))?;\n",
            r##"        contained(|| db.apply_batch(batch))?;
        if crate::broken("no_flush") {
            return Ok(());
        }
"##,
        )],
    },
    Mutant {
        tag: "old_key",
        name: "the key of a record's MAC is used again",
        promise: "the chain verifies",
        edits: &[(
            "cardd/src/ledger/live_chain.rs",
            "        self.key = key;\n",
            r##"        if !crate::broken("old_key") {
            self.key = key;
        }
"##,
        )],
    },
    Mutant {
        tag: "digits",
        name: "a refused PIN goes on record",
        promise: "no digits anywhere",
        edits: &[
            (
                "cardd/src/terminal/verify_pin.rs",
                r##"        let pin = Pin::parse(pin.expose(), &opened.rules.pin_length())?;
"##,
                r##"        let name = String::from_utf8_lossy(pin.expose()).into_owned();
        let pin = Pin::parse(pin.expose(), &opened.rules.pin_length())?;
"##,
            ),
            (
                "cardd/src/terminal/verify_pin.rs",
                "            return Err(self.issued_pin(desk, &known));\n",
                r##"            if crate::broken("digits") {
                return Err(self.issued_pin(&Desk { name, ..desk.clone() }, &known));
            }
            return Err(self.issued_pin(desk, &known));
"##,
            ),
        ],
    },
    Mutant {
        tag: "lost_ack",
        name: "what the hall acknowledged is not kept",
        promise: "the hall has each record once",
        edits: &[(
            "cardd/src/ledger/live_chain.rs",
            "        store.acknowledge(place)?;\n",
            r##"        if !crate::broken("lost_ack") {
            store.acknowledge(place)?;
        }
"##,
        )],
    },
    Mutant {
        tag: "no_bound",
        name: "work begins although too much waits for the hall",
        promise: "no more is kept than may wait",
        edits: &[(
            "cardd/src/ledger/retention.rs",
            "            Some(limit) if begins && self.is_full() => Err",
            r##"            Some(limit) if begins && self.is_full() && !crate::broken("no_bound") => Err"##,
        )],
    },
    Mutant {
        tag: "old_positions",
        name: "each run numbers its events anew",
        promise: "no event is lost or told twice",
        edits: &[(
            "cardd/src/terminal/events.rs",
            r##"    pub fn new(capacity: usize, start: u64) -> Self {
"##,
            r##"    pub fn new(capacity: usize, start: u64) -> Self {
        let start = if crate::broken("old_positions") { 0 } else { start };
"##,
        )],
    },
    Mutant {
        tag: "no_receipt_note",
        name: "a receipt is handed out without a record",
        promise: "a receipt is of a success",
        edits: &[(
            "cardd/src/terminal/receipts.rs",
            r##"        block_in_place(|| self.ledger.note(Note::Receipt(issued)))
"##,
            r##"        if crate::broken("no_receipt_note") {
            return Ok(signed);
        }
        block_in_place(|| self.ledger.note(Note::Receipt(issued)))
"##,
        )],
    },
];
