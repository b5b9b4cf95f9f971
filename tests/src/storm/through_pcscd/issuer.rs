//! The counter's cases and the hall's part, through everything that is real. Who approves as a second
//! operator would be another user of the machine, and is left out.

use card_sim::faults::{Act, Plan as Faults, When};
use hall_client::{
    Application, CaseReason, ClientError, Documents, Grant, IssuerOperation, Reason,
};
use rand::{SeedableRng as _, rngs::StdRng};

use super::{Done, SOON, Through, card_name, slot, told, told::Operation};
use crate::{
    desk::typed,
    hall::{Hall, Manner, Stands, own_user},
    storm::{
        bag::{BagCard, CARDS},
        step::{At, Choice, HallManner, Mishap, What},
        world::Violation,
    },
    wire::{CHANGE_PIN, EXTERNAL_AUTHENTICATE, PIN_CHANGE_UNBLOCK},
};

/// A grant in the hall's hand.
#[derive(Clone)]
pub(super) struct Granted {
    grant: Grant,
    case: u64,
    reader: usize,
    card: usize,
    reset: bool,
    is_the_holder: bool,
}

impl Through {
    pub(super) async fn case(&mut self, reader: usize, reset: bool, stranger: bool) -> Done<()> {
        self.granted = None;
        let (Some(Some(card)), Some(seen), Some(counter)) = (
            self.inside.get(reader).copied(),
            self.seen.get(reader),
            self.desks.get(2),
        ) else {
            return Ok(());
        };
        let documents = Documents {
            holder_number: typed(&stated(card, stranger).ok_or("no number")?),
            holder_original_seen: true,
            agent_number: None,
            agent_original_seen: false,
        };
        let name = self.stand.reader(slot(reader));
        let application = Application {
            reader: &name,
            insertion: *seen,
            operation: if reset {
                IssuerOperation::Reload
            } else {
                IssuerOperation::Unblock
            },
            reason: CaseReason::Blocked,
            documents: &documents,
        };
        let opened = counter.terminal.open_case(&application).await;
        self.granted = opened.ok().map(|case| Granted {
            grant: case.grant,
            case: case.sequence,
            reader,
            card,
            reset,
            is_the_holder: !stranger,
        });
        Ok(())
    }

    pub(super) async fn operate(
        &mut self,
        used: bool,
        (manner, choice): (HallManner, Choice),
        mishap: Option<Mishap>,
    ) -> Done<Result<(), Violation>> {
        let granted = if used {
            self.used.clone()
        } else {
            self.granted.take()
        };
        let Some(granted) = granted else {
            return Ok(Ok(()));
        };
        self.used = Some(granted.clone());
        let operation = self.operation(&granted, used, (manner, choice))?;
        let mishap = mishap.filter(|mishap| orders(*mishap).is_some());
        if let Some(orders) = mishap.and_then(orders) {
            self.stand.rack()?.fault(slot(granted.reader), &orders)?;
        }
        let done = self.transaction(&granted, &operation, manner).await?;
        self.tidy(granted.reader, mishap).await?;
        let now = self.after(&granted, &operation)?;
        self.carried_out += u64::from(done.is_some());
        let told = told::operated(&operation, done.as_ref(), &now, mishap);
        if let (Some(known), Some(pin)) = (self.pins.get_mut(granted.card), now.1) {
            *known = pin;
        }
        Ok(told)
    }

    /// Tries and PIN of the card now.
    fn after(&self, granted: &Granted, operation: &Operation) -> Done<(u32, Option<String>)> {
        let candidates = [
            operation.pin.clone(),
            operation.one_time.to_owned(),
            operation.chosen.0.clone(),
            operation.good.clone(),
        ];
        let tries = self.stand.tries(&card_name(granted.card))?;
        Ok((tries, self.pin_among(granted.card, &candidates)?))
    }

    /// What is to be done, and what the card was before.
    fn operation(
        &self,
        granted: &Granted,
        used: bool,
        (manner, choice): (HallManner, Choice),
    ) -> Done<Operation> {
        let pin = self.pins.get(granted.card).cloned().unwrap_or_default();
        let digits = |all: &str| all.get(..pin.len()).unwrap_or(all).to_owned();
        let good = digits("692850");
        let chosen = match choice {
            Choice::Good(which) => digits(if which % 2 == 0 { "830571" } else { "941638" }),
            Choice::Issued => digits(if pin.len() == 4 { "1234" } else { "123456" }),
            Choice::Weak => digits("111111"),
            Choice::Differing => digits("830571"),
        };
        let again = if choice == Choice::Differing {
            good.clone()
        } else {
            chosen.clone()
        };
        Ok(Operation {
            before: self.stand.tries(&card_name(granted.card))?,
            permitted: !used && granted.is_the_holder && manner != HallManner::OtherHand,
            reset: granted.reset,
            one_time: if pin.len() == 4 { "6048" } else { "604812" },
            chosen: (chosen, again),
            good,
            pin,
        })
    }

    /// The hall carries a grant out, and the holder chooses a PIN where one is wanted. `None` where it did
    /// not come to its end.
    async fn transaction(
        &self,
        granted: &Granted,
        operation: &Operation,
        manner: HallManner,
    ) -> Done<Option<cardd_proto::v1::OperationDone>> {
        let mut hall = Hall::at(&self.stand).await?;
        let operator = match manner {
            HallManner::OtherHand => "somebody else".to_owned(),
            _ => own_user(),
        };
        let begun = hall.begin_for(
            granted.grant.bytes(),
            &operator,
            answers(manner),
            operation.one_time,
        );
        let Ok(mut transaction) = begun.await else {
            return Ok(None);
        };
        let mut stands = transaction.go_on().await;
        if let Ok(Stands::HolderPinWanted(_)) = stands {
            self.choose(granted.case, operation).await?;
            stands = transaction.go_on().await;
        }
        Ok(match stands {
            Ok(Stands::Done(done)) => Some(done),
            Ok(Stands::HolderPinWanted(_)) | Err(_) => None,
        })
    }

    /// The holder types; what may not be is typed anew, as it should be.
    async fn choose(&self, case: u64, operation: &Operation) -> Done<()> {
        let counter = self.desks.get(2).ok_or("no desk")?;
        let good = (operation.good.clone(), operation.good.clone());
        for (new, again) in [&operation.chosen, &good] {
            let Ok(entry) = counter.terminal.begin_holder_pin(case, SOON).await else {
                return Ok(());
            };
            let mut rng = StdRng::seed_from_u64(case);
            let set = entry.set(typed(new), typed(again), &mut rng).await;
            if !set.is_err_and(|error| is_refused_choice(&error)) {
                return Ok(());
            }
        }
        Ok(())
    }
}

fn is_refused_choice(error: &ClientError) -> bool {
    matches!(
        error.reason(),
        Some(Reason::PinTooWeak | Reason::NewPinsDiffer | Reason::NewEqualsOld)
    )
}

/// The number of a card's holder, or of another one's.
fn stated(card: usize, stranger: bool) -> Option<String> {
    let own = BagCard::citizen_number(card)?;
    if !stranger {
        return Some(own);
    }
    let mut others = (0..CARDS).filter_map(BagCard::citizen_number);
    others.find(|other| *other != own)
}

fn answers(manner: HallManner) -> Manner {
    match manner {
        HallManner::Right | HallManner::OtherHand => Manner::Right,
        HallManner::WrongKey => Manner::WrongKey,
        HallManner::WrongMac => Manner::WrongMac,
        HallManner::OtherCommand => Manner::OtherCommand,
        HallManner::HangsUp(given) => Manner::CutBefore(given.into()),
    }
}

/// A mishap at one of the issuer's commands, in the rack's terms; `None` for what is left to operations of
/// the holder.
fn orders(mishap: Mishap) -> Option<Faults> {
    let act = match mishap.what {
        What::Pull { phase, .. } | What::Swap { phase, .. } => Act::Pull(phase),
        What::Card(fault) => Act::Card(fault),
        What::Reset => Act::Card(card_sim::faults::CardFault::Reset),
        _ => return None,
    };
    let when = match mishap.at {
        At::Command(n) => When::Apdu(n.into()),
        At::EffectNo(1) | At::Effect | At::Opening => When::Ins(EXTERNAL_AUTHENTICATE),
        At::EffectNo(2) => When::Ins(PIN_CHANGE_UNBLOCK),
        At::EffectNo(_) => When::Ins(CHANGE_PIN),
    };
    let mut plan = Faults::default();
    plan.add(when, act).ok()?;
    Some(plan)
}
