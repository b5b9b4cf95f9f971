//! A desk that asks for everything that it may not.

use cardd::terminal::{Application, TerminalError};
use cardd_proto::v1::Purpose;

use super::{
    Life, Run,
    counter::{OPERATOR, SECOND, effect, holder_alone},
    desk,
};
use crate::storm::life::{Answer, at_once};

const KIOSK: usize = 1;
const COUNTER: usize = 2;

/// Calls, and what came of each.
type Asked = Vec<(&'static str, Answer<()>)>;

impl Run {
    /// By the promises' own table of who may not, not by cardd's: each answer must be a denial.
    pub(super) fn trespass(&mut self, at: usize, reader: usize) {
        let Some(life) = &self.life else { return };
        let mut asked = self.what_is_the_halls(life, at);
        if at != COUNTER {
            asked.extend(self.what_is_the_counters(life, at, reader));
        }
        if at == KIOSK
            && let Some((name, insertion, _, _)) = self.place(reader)
        {
            let who = desk(at, self.wrapper);
            let begun = life
                .terminal
                .begin_entry(&who, &name, insertion, Purpose::Verify);
            asked.extend(denied_at_once("verify", at_once(begun)));
        }
        for (what, answer) in asked {
            let denied = matches!(answer, Err(TerminalError::Denied(_)));
            self.books
                .denied(denied, || format!("{what} at desk {at}: {answer:?}"));
        }
    }

    /// Keys, rules and records.
    fn what_is_the_halls(&self, life: &Life, at: usize) -> Asked {
        let (terminal, who) = (&life.terminal, desk(at, self.wrapper));
        let operated = terminal.operate(&who, &[0; 32], OPERATOR).map(drop);
        vec![
            ("operate", operated),
            ("collect", terminal.collect(&who, 0, 1).map(drop)),
            ("enrol", terminal.enrol(&who, &[9; 32]).map(drop)),
            ("rotate", terminal.rotate_receipt_key(&who).map(drop)),
            ("push rules", terminal.push_rules(&who, b"").map(drop)),
        ]
    }

    /// Cases, and kiosks that were closed.
    fn what_is_the_counters(&self, life: &Life, at: usize, reader: usize) -> Asked {
        let (terminal, who) = (&life.terminal, desk(at, self.wrapper));
        let mut asked = vec![
            ("reopen", terminal.reopen_kiosks(&who).map(drop)),
            ("approve", terminal.approve_case(&who, SECOND, 1).map(drop)),
        ];
        let Some((name, insertion, _, _)) = self.place(reader) else {
            return asked;
        };
        let application = Application {
            reader: &name,
            insertion,
            effect: effect(false),
            statement: holder_alone("420101195505050007"),
            reason: "storm",
        };
        let opened = at_once(terminal.open_case(&who, OPERATOR, &application));
        asked.extend(denied_at_once("open a case", opened));
        asked
    }
}

/// A denial comes at once; whoever is made to wait was let in.
fn denied_at_once<T>(
    what: &'static str,
    answer: Option<Answer<T>>,
) -> Option<(&'static str, Answer<()>)> {
    let answer = answer.unwrap_or(Err(TerminalError::Busy));
    Some((what, answer.map(drop)))
}
