//! What is broken in each mutant, and which promise must notice it.

use super::Mutant;

/// All of them.
pub const MUTANTS: &[Mutant] = &[
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
        tag: "floor",
        name: "the floor of an unattended desk is off by one",
        promise: "the floor",
        edits: &[(
            "cardd/src/pin/floor.rs",
            "        if remaining.get() < self.fewest_remaining() {\n",
            r##"        if remaining.get() < self.fewest_remaining() - u8::from(crate::broken("floor")) {
"##,
        )],
    },
    Mutant {
        tag: "last_try",
        name: "the last try needs no word",
        promise: "the floor",
        edits: &[(
            "cardd/src/terminal/attempt.rs",
            r##"        if spend == TryToSpend::Last && !attempt.accept_last_attempt {
"##,
            r##"        let unasked = spend == TryToSpend::Last && !attempt.accept_last_attempt;
        if unasked && !crate::broken("last_try") {
"##,
        )],
    },
    Mutant {
        tag: "again",
        name: "a command is sent again after a missing answer",
        promise: "the answer agrees with the card",
        edits: &[(
            "cardd/src/card/session.rs",
            "        Ok(self.channel.transmit(command)?.status_word())\n",
            r##"        let first = self.channel.transmit(command);
        if first.is_err() && crate::broken("again") {
            return Ok(self.channel.transmit(command)?.status_word());
        }
        Ok(first?.status_word())
"##,
        )],
    },
    Mutant {
        tag: "missing",
        name: "a missing answer counts as a success",
        promise: "the answer agrees with the card",
        edits: &[(
            "cardd/src/card/session.rs",
            "        self.send(intent, command).map_err(not_answered)\n",
            r##"        let answer = self.send(intent, command).map_err(not_answered);
        if crate::broken("missing") {
            return answer.or(Ok(StatusWord::OK));
        }
        answer
"##,
        )],
    },
    Mutant {
        tag: "issued",
        name: "the issued PIN is let through",
        promise: "no business with an issued PIN",
        edits: &[(
            "cardd/src/terminal/verify_pin.rs",
            r##"        if pin.is_issued(opened.rules.pin_rules(), &known.facts) {
"##,
            r##"        if !crate::broken("issued") && pin.is_issued(opened.rules.pin_rules(), &known.facts) {
"##,
        )],
    },
    Mutant {
        tag: "issued_since",
        name: "the issued PIN is let through if the issuer set it after the prompt",
        promise: "no business with an issued PIN",
        edits: &[(
            "cardd/src/terminal/attempt.rs",
            r##"        if attempt.operation == Operation::Verify && self.is_issued(&attempt.known)? {
"##,
            r##"        let verifies = attempt.operation == Operation::Verify && !crate::broken("issued_since");
        if verifies && self.is_issued(&attempt.known)? {
"##,
        )],
    },
    Mutant {
        tag: "any_pin",
        name: "any new PIN will do",
        promise: "no new PIN that the rules forbid",
        edits: &[(
            "cardd/src/pin/new_pin.rs",
            "            Some(rule) => Err(NewPinRefused::Weak(rule)),\n",
            r##"            Some(rule) if !crate::broken("any_pin") => Err(NewPinRefused::Weak(rule)),
            Some(_) => Ok(()),
"##,
        )],
    },
    Mutant {
        tag: "free_tries",
        name: "lost tries are not counted against the budget",
        promise: "the budget",
        edits: &[(
            "cardd/src/terminal/guesses.rs",
            r##"        Outcome::Rejected { .. } | Outcome::NowBlocked => true,
"##,
            r##"        Outcome::Rejected { .. } | Outcome::NowBlocked => !crate::broken("free_tries"),
"##,
        )],
    },
    Mutant {
        tag: "free_doubts",
        name: "tries that a doubt turned out to have spent are free",
        promise: "the budget",
        edits: &[(
            "cardd/src/terminal/doubt.rs",
            "            if verdict == Verdict::TrySpent {\n",
            r##"            if verdict == Verdict::TrySpent && !crate::broken("free_doubts") {
"##,
        )],
    },
    Mutant {
        tag: "new_budget",
        name: "the budget is forgotten when cardd starts again",
        promise: "the budget",
        edits: &[(
            "cardd/src/terminal/guesses.rs",
            "            budget: GuessBudget::restore(past),\n",
            r##"            budget: if crate::broken("new_budget") {
                GuessBudget::default()
            } else {
                GuessBudget::restore(past)
            },
"##,
        )],
    },
    Mutant {
        tag: "no_reset",
        name: "the card is not reset after a PIN",
        promise: "no card is left verified",
        edits: &[(
            "cardd/src/terminal/attempt.rs",
            "        Done::reset(result)\n",
            r##"        if crate::broken("no_reset") {
            return Done::leave(result);
        }
        Done::reset(result)
"##,
        )],
    },
    Mutant {
        tag: "other_stay",
        name: "a card of another stay is taken for the one that is meant",
        promise: "the same card",
        edits: &[
            (
                "cardd/src/reader/roster.rs",
                "        if station.event_count != look.event_count {\n",
                r##"        if station.event_count != look.event_count && !crate::broken("other_stay") {
"##,
            ),
            (
                "cardd/src/terminal/attempt.rs",
                "    if card.identity() == &known.identity {\n",
                r##"    if card.identity() == &known.identity || crate::broken("other_stay") {
"##,
            ),
        ],
    },
    Mutant {
        tag: "not_sent",
        name: "a doubt is recorded as not sent",
        promise: "the record is never wrong",
        edits: &[(
            "cardd/src/terminal/attempt.rs",
            r##"        Err(PinFailure::InDoubt(error)) => Outcome::InDoubt {
"##,
            r##"        Err(PinFailure::InDoubt(error)) if crate::broken("not_sent") => Outcome::NotSent {
            why: error.to_string(),
        },
        Err(PinFailure::InDoubt(error)) => Outcome::InDoubt {
"##,
        )],
    },
    Mutant {
        tag: "wrong_way",
        name: "a doubt is settled the wrong way round",
        promise: "the record is never wrong",
        edits: &[(
            "cardd/src/ledger/recovery.rs",
            r##"        (Ordering::Less, Operation::Verify | Operation::Change { .. }) => Verdict::TrySpent,
"##,
            r##"        (Ordering::Less, Operation::Verify | Operation::Change { .. })
            if crate::broken("wrong_way") =>
        {
            Verdict::Succeeded
        }
        (Ordering::Less, Operation::Verify | Operation::Change { .. }) => Verdict::TrySpent,
"##,
        )],
    },
    Mutant {
        tag: "late_doubt",
        name: "a doubt waits for the next stay, whatever moves the counter until then",
        promise: "the record is never wrong",
        edits: &[
            (
                "cardd/src/terminal/doubt.rs",
                "            if self.is_about_a_twin(&doubt, stay) {\n",
                r##"            let same_stay = doubt.entry.insertion == stay.1.number();
            let waits = same_stay && crate::broken("late_doubt");
            if waits || self.is_about_a_twin(&doubt, stay) {
"##,
            ),
            (
                "cardd/src/ledger/index.rs",
                "        let then = self.counter_after.map_or(now, Counter::Attempts);\n",
                r##"        let then = self.counter_after.filter(|_| !crate::broken("late_doubt"));
        let then = then.map_or(now, Counter::Attempts);
"##,
            ),
        ],
    },
    Mutant {
        tag: "told_free",
        name: "a wrong PIN is told as free",
        promise: "the answer agrees with the card",
        edits: &[(
            "cardd/src/terminal/attempt.rs",
            r##"        Err(PinFailure::Rejected { .. } | PinFailure::NowBlocked) => AttemptSpent::Yes,
"##,
            r##"        Err(PinFailure::Rejected { .. } | PinFailure::NowBlocked) if crate::broken("told_free") => {
            AttemptSpent::No
        }
        Err(PinFailure::Rejected { .. } | PinFailure::NowBlocked) => AttemptSpent::Yes,
"##,
        )],
    },
    Mutant {
        tag: "grant_twice",
        name: "a grant is good twice",
        promise: "no unlock without a grant",
        edits: &[
            (
                "cardd/src/terminal/cases.rs",
                r##"#[derive(Debug)]
pub(super) struct Case {"##,
                r##"#[derive(Debug, Clone)]
pub(super) struct Case {"##,
            ),
            (
                "cardd/src/terminal/cases.rs",
                r##"        let case = self.open.remove(&grant).ok_or(NoCase::Unknown)?;
"##,
                r##"        let case = if crate::broken("grant_twice") {
            self.open.get(&grant).cloned()
        } else {
            self.open.remove(&grant)
        };
        let case = case.ok_or(NoCase::Unknown)?;
"##,
            ),
        ],
    },
    Mutant {
        tag: "any_hand",
        name: "a grant is good in any hand",
        promise: "no unlock without a grant",
        edits: &[(
            "cardd/src/terminal/cases.rs",
            r##"        } else if case.operator == operator {
            Ok(case)"##,
            r##"        } else if case.operator == operator || crate::broken("any_hand") {
            Ok(case)"##,
        )],
    },
    Mutant {
        tag: "no_second",
        name: "a second operator is not waited for",
        promise: "no unlock without a grant",
        edits: &[(
            "cardd/src/terminal/open_case.rs",
            "            approved: !needs_second_operator,\n",
            r##"            approved: !needs_second_operator || crate::broken("no_second"),
"##,
        )],
    },
    Mutant {
        tag: "same_twice",
        name: "the second operator may be the first",
        promise: "no unlock without a grant",
        edits: &[(
            "cardd/src/terminal/cases.rs",
            r##"        if case.operator == operator {
            return"##,
            r##"        if case.operator == operator && !crate::broken("same_twice") {
            return"##,
        )],
    },
    Mutant {
        tag: "any_number",
        name: "the number on the ID card is not held against the card",
        promise: "no unlock without a grant",
        edits: &[(
            "cardd/src/terminal/open_case.rs",
            r##"        Some(number) => evidence.match_card(number.expose()),
"##,
            r##"        Some(_) if crate::broken("any_number") => Ok(()),
        Some(number) => evidence.match_card(number.expose()),
"##,
        )],
    },
    Mutant {
        tag: "anybody",
        name: "every desk may do everything",
        promise: "whoever may not, cannot",
        edits: &[(
            "cardd/src/policy/decide.rs",
            "    if !may(operation).contains(&kind) {\n",
            r##"    if !may(operation).contains(&kind) && !crate::broken("anybody") {
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
];
