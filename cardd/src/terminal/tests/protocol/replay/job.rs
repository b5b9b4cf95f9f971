//! One job on the card's thread, with all that the model has happen meanwhile.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "test code: stops at a surprise"
)]

use std::sync::Arc;

use super::{Answer, Replay, Waiting, named, poll};
use crate::terminal::{
    AttemptSpent,
    tests::protocol::{
        model::{Action, Business},
        state::{Point, State, Told},
        world::{Hook, Script},
    },
};

/// What ends the daemon in the middle of a job.
const KILLED: &str = "killed";

impl Replay {
    /// One job on the card's thread, with all that happens meanwhile; the desk's answer is compared
    /// with the model's.
    pub(super) fn job(&mut self, desk: usize, course: Option<(&State, &[(Action, State)])>) {
        self.sight();
        let mut script = Script::default();
        let mut afterwards = Vec::new();
        if let Some((mut before, steps)) = course {
            for (action, after) in steps {
                self.direct((*action, before), &mut script, &mut afterwards);
                before = after;
            }
        }
        self.world.direct(script);
        let (business, sealed) = self.seats[desk].typed.take().unwrap();
        let terminal = Arc::clone(&self.daemon().terminal);
        let waiting: Waiting = Box::pin(async move {
            let desk = named(desk);
            match business {
                Business::Verify => {
                    let verified = terminal.verify_pin(&desk, &sealed, true, None).await;
                    verified.map(|(success, _receipt)| success)
                }
                Business::Change => terminal.change_pin(&desk, &sealed, true).await,
                Business::Reset => panic!("not replayed"),
            }
        });
        let place = Arc::clone(&self.seats[desk].waiting);
        *place.lock().unwrap() = Some(waiting);
        let mut answer = self.poll_seat(desk);
        self.sight();
        self.look_if_up();
        answer = answer.or_else(|| self.poll_seat(desk));
        self.answer(desk, answer, afterwards);
    }

    /// Places one of the model's actions where the product comes by the same point.
    fn direct(
        &mut self,
        (action, before): (Action, &State),
        script: &mut Script,
        afterwards: &mut Vec<Action>,
    ) {
        let place = match before.point() {
            Point::Look => &mut script.before_look,
            Point::Claim => &mut script.after_look,
            Point::Send => &mut script.before_send,
            Point::Close => &mut script.after_send,
            Point::End => return afterwards.push(action),
        };
        let hook: Hook = match action {
            Action::Step => return,
            Action::Tear(torn) => {
                script.torn = Some(torn);
                return;
            }
            Action::Type(desk, typed) => return self.type_in(desk, typed),
            Action::Pull => Box::new(|world| world.pull()),
            Action::Insert => Box::new(|world| world.insert()),
            Action::Crash => {
                afterwards.push(action);
                Box::new(|_| panic!("{KILLED}"))
            }
            Action::GiveUp(desk) => {
                let waiting = Arc::clone(&self.seats[desk].waiting);
                Box::new(move |_| drop(waiting.lock().unwrap().take()))
            }
            other => panic!("{other:?} while the card works"),
        };
        place.push(hook);
    }

    fn poll_seat(&self, desk: usize) -> Option<Answer> {
        let mut waiting = self.seats[desk].waiting.lock().unwrap();
        let answer = poll(waiting.as_mut()?)?;
        *waiting = None;
        Some(answer)
    }

    /// What is left to happen once the card is at rest.
    fn answer(&mut self, desk: usize, answer: Option<Answer>, afterwards: Vec<Action>) {
        self.seats[desk].told = answer.map(|answer| match answer {
            Ok(_) => Told::Success,
            Err(error) => match error.attempt_spent() {
                AttemptSpent::Yes => Told::TrySpent,
                AttemptSpent::No => Told::NothingHappened,
                AttemptSpent::Unknown => Told::InDoubt,
            },
        });
        for action in afterwards {
            match action {
                // The answer was on its way; nobody takes it.
                Action::GiveUp(desk) => self.seats[desk].told = None,
                Action::Step => {}
                other => self.act(other),
            }
        }
    }
}
