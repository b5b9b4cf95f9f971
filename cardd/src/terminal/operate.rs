//! Issuer commands: one exclusive transaction, the hall answering the card's challenges.

mod stopped;
mod transaction;

use std::sync::Arc;

use crate::{
    ledger::{DenialEntry, Note},
    policy::{Desk, Operation, decide},
    terminal::{
        Terminal, TerminalError,
        cases::{Case, NoCase},
        conversation::{Conversation, HallLine, Operated, line},
        job::Done,
        open_case::no_case,
    },
};

impl Terminal {
    /// Starts an issuer transaction for a grant that the hall has from `operator`. The hall's end
    /// of the line comes first; the end of the whole comes from the future.
    ///
    /// # Errors
    /// [`TerminalError::GrantUnknown`], [`TerminalError::GrantOtherOperator`],
    /// [`TerminalError::SecondOperatorMissing`], [`TerminalError::Denied`].
    pub fn operate(
        self: &Arc<Self>,
        desk: &Desk,
        grant: &[u8],
        operator: &str,
    ) -> Result<
        (
            HallLine,
            impl Future<Output = Result<Operated, TerminalError>> + Send + use<>,
        ),
        TerminalError,
    > {
        decide(desk, Operation::OperateIssuer)?;
        self.pin_work_is_open()?;
        // Under way before it is taken, so that the counter that waits never finds it nowhere.
        let taken = {
            let mut cases = self.cases();
            let case = cases.take(grant, operator, self.clock.now());
            case.map(|case| (self.doors.underway(case.sequence), case))
        };
        let (underway, case) = taken.map_err(|missing| self.no_grant(desk, missing))?;
        let (conversation, hall) = line(self, (&case.reader, case.insertion));
        let terminal = Arc::clone(self);
        let desk = desk.name.clone();
        let work = async move {
            let (reader, insertion) = (case.reader.clone(), case.insertion);
            let bound = terminal.settings.issuer.longest();
            let on_card = Arc::clone(&terminal);
            on_card
                .on_card_within(reader.as_str(), insertion, bound, move |channel, ticket| {
                    let mut run = Run {
                        terminal: &terminal,
                        case: &case,
                        desk: &desk,
                        conversation,
                    };
                    let done = Done::reset(run.transaction(channel, ticket));
                    drop(underway);
                    done
                })
                .await
        };
        Ok((hall, work))
    }

    /// A grant in another hand is a sign of theft: it goes on record.
    fn no_grant(&self, desk: &Desk, missing: NoCase) -> TerminalError {
        if missing == NoCase::OtherOperator {
            let denied = Note::Denied(DenialEntry {
                desk: desk.name.clone(),
                operation: "operate".to_owned(),
                reason: "other_operator".to_owned(),
                card: None,
            });
            if let Err(error) = self.note(denied) {
                tracing::warn!(%error, "a refusal is not on record");
            }
        }
        no_case(missing)
    }
}

/// One issuer transaction, on the reader's own thread.
pub(super) struct Run<'t> {
    pub(super) terminal: &'t Arc<Terminal>,
    pub(super) case: &'t Case,
    pub(super) desk: &'t str,
    pub(super) conversation: Conversation,
}
