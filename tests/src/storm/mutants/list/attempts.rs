//! The one way of a PIN to a card: floor, one command, answer, reset.

use super::Mutant;

pub(super) const MUTANTS: &[Mutant] = &[
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
];
