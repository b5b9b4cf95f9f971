//! The agency counter and the hall: cases, and what is done on their grants.

use std::sync::Arc;

use cardd::{
    card::IssuerEffect,
    policy::Statement,
    terminal::{Application, TerminalError, conversation::Operated},
};

use super::{
    BagCard, CARDS, DESKS, Desklike, Grant, Run, StormError, Waiting, desk,
    holder::{Chooser, chosen},
};
use crate::storm::{
    hall::Hall,
    life::Answer,
    step::{Choice, HallManner, Mishap},
};

pub(super) const OPERATOR: &str = "wang";
pub(super) const SECOND: &str = "zhao";

impl Run {
    pub(super) fn case(&mut self, reader: usize, reset: bool, stranger: bool) {
        self.grant = None;
        let Some((name, insertion, card, stay)) = self.place(reader) else {
            return;
        };
        let stated = self.stated_number(card, stranger);
        let Some(life) = &self.life else { return };
        let (terminal, who) = (Arc::clone(&life.terminal), desk(2, self.wrapper));
        let opened = self.ask(async move {
            let application = Application {
                reader: &name,
                insertion,
                effect: effect(reset),
                statement: holder_alone(&stated),
                reason: "storm",
            };
            terminal.open_case(&who, OPERATOR, &application).await
        });
        let Some(answer) = opened else { return };
        self.heard(&answer.as_ref().map(|case| case.sequence));
        if let Ok(opened) = answer {
            self.grant = Some(Grant {
                secret: opened.grant.to_vec(),
                card,
                stay,
                is_the_holder: !stranger,
                case: opened.sequence,
                needs_second: self.books.rules.in_force().asks_for_two(),
                approved: false,
            });
        }
    }

    /// A second operator approves; or the first one tries to.
    pub(super) fn approve(&mut self, same: bool) {
        let (Some(life), Some(grant)) = (&self.life, &mut self.grant) else {
            return;
        };
        let operator = if same { OPERATOR } else { SECOND };
        let counter = desk(2, self.wrapper);
        let answer = life.terminal.approve_case(&counter, operator, grant.case);
        grant.approved |= answer.is_ok() && !same;
        self.books.approved(same, answer.is_ok());
        self.heard(&answer.as_ref());
    }

    /// The holder's own number, or that of another card's holder.
    fn stated_number(&self, card: usize, stranger: bool) -> String {
        let number = |card| self.world.with_card(card, |card| card.number.clone());
        let own = number(card);
        let others = (0..CARDS).filter_map(number);
        let other = || others.clone().find(|other| own.as_ref() != Some(other));
        let stated = if stranger { other() } else { own.clone() };
        stated.unwrap_or_default()
    }

    pub(super) fn operate(
        &mut self,
        used: bool,
        (manner, choice): (HallManner, Choice),
        mishap: Option<Mishap>,
    ) -> Result<(), StormError> {
        let grant = if used {
            self.used.clone()
        } else {
            self.grant.take()
        };
        let Some(grant) = grant else { return Ok(()) };
        let own_hand = manner != HallManner::OtherHand;
        let permitted = (!used && own_hand).then(|| grant.clone());
        self.used = Some(grant.clone());
        self.books.begin(&self.world, None);
        self.books.permit(&self.world, permitted, manner);
        self.arm(mishap);
        let answer = self.transaction(&grant, manner, choice);
        self.disarm();
        if let Some(answer) = &answer {
            self.heard(&answer.as_ref().map(|done| done.attempts_remaining));
        }
        if let Some(Err(TerminalError::SecondOperatorMissing)) = &answer {
            // It still waits for its second operator.
            self.grant = self.used.take();
        }
        let died = self.world.is_dead();
        self.books.operated(&self.world, &grant, answer.as_ref());
        self.come_to_rest(died)
    }

    /// The hall on this thread, the card on another; they take turns.
    fn transaction(
        &mut self,
        grant: &Grant,
        manner: HallManner,
        choice: Choice,
    ) -> Option<Answer<Operated>> {
        let life = self.life.as_ref()?;
        let hall_desk = desk(DESKS.len(), self.wrapper);
        let other_hand = manner == HallManner::OtherHand;
        let operator = if other_hand { SECOND } else { OPERATOR };
        let begun = life.terminal.operate(&hall_desk, &grant.secret, operator);
        let (line, work) = match begun {
            Ok(begun) => begun,
            Err(refused) => return Some(Err(refused)),
        };
        let waiting = Waiting::new(work);
        self.put_on_stage(
            life,
            self.wrapper,
            Arc::clone(&waiting) as Arc<dyn Desklike>,
        );
        let of_card = |card: &mut BagCard| (one_time(card), chosen(card, choice));
        let (issued, chosen) = self.world.with_card(grant.card, of_card)?;
        self.books.one_time(grant.card, issued);
        let hall = Hall::new(manner, issued, &mut self.rng);
        let counter = desk(2, self.wrapper);
        let mut choose = Chooser {
            life,
            counter,
            chosen: chosen.clone(),
            seed: self.seed,
        };
        std::thread::scope(|scope| {
            let card = scope.spawn(|| life.work_for(&waiting));
            hall.answer_all(line, |case| choose.choose(case));
            // A panic there is a violation that the answer shows.
            drop(card.join());
        });
        self.books.chosen(chosen.0);
        self.world.set_stage(None);
        if self.world.is_dead() {
            return None;
        }
        waiting.answer()
    }
}

/// The PIN that a reset sets.
fn one_time(card: &BagCard) -> &'static str {
    if card.pin.len() == 4 {
        "6048"
    } else {
        "604812"
    }
}

pub(super) fn effect(reset: bool) -> IssuerEffect {
    if reset {
        IssuerEffect::Reload
    } else {
        IssuerEffect::Unblock
    }
}

/// The holder with the original ID card, and nobody else.
pub(super) fn holder_alone(number: &str) -> Statement<'_> {
    Statement {
        holder_number: number,
        agent_number: None,
        holder_original_seen: true,
        agent_original_seen: false,
    }
}
