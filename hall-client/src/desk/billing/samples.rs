//! Every screen of the billing desk's pages, with something on it.

use super::{
    bill::Bill,
    machine::{CASHIER, HOLDER},
    screen::{CashierScreen, HolderScreen, State},
};
use crate::{
    desk::{
        entry::{For, Step},
        gallery::{Sample, counter, enter, refusal},
    },
    model::Reason,
};

/// Every screen, each variant of it that looks otherwise.
pub(crate) fn samples() -> Vec<Sample> {
    let bill = Bill {
        reference: "MZ-20261125-7".to_owned(),
        amount_fen: 1250,
    };
    let mut all = cashier(&bill);
    all.extend(holder(&bill));
    all
}

fn cashier(bill: &Bill) -> Vec<Sample> {
    let wrong = refusal(Reason::PinWrong);
    let work = |state, why| CashierScreen::Work {
        bill,
        state,
        tries: None,
        why,
        refusal: None,
        again: false,
    };
    let refused = CashierScreen::Work {
        bill,
        state: State::WrongPin,
        tries: Some(2),
        why: None,
        refusal: Some(&wrong),
        again: true,
    };
    let over = |state, record| CashierScreen::Over {
        bill,
        state,
        record,
    };
    let states = [
        State::WaitingForCard,
        State::Reading,
        State::LastTry,
        State::Entering,
        State::ChangingPin,
        State::Working,
        State::IssuedPin,
        State::PinChanged,
        State::Refused,
        State::Declined,
        State::Locked,
    ];
    let stages = states.map(|state| ("work", work(state, None)));
    let others = [
        ("bill", CashierScreen::Bill),
        ("out", CashierScreen::OutOfOrder { why: "OUT_LINE" }),
        ("work-out", work(State::OutOfOrder, Some("OUT_READER"))),
        ("work-wrong", refused),
        ("paid", over(State::Paid, Some(41))),
        ("settle-later", over(State::SettleLater, None)),
        ("cancelled", over(State::Cancelled, None)),
        ("receipt-cancelled", over(State::ReceiptCancelled, Some(44))),
    ];
    let sample = |(label, screen): (_, CashierScreen<'_>)| Sample::new(CASHIER, label, &screen);
    stages.into_iter().chain(others).map(sample).collect()
}

fn holder(bill: &Bill) -> Vec<Sample> {
    let (wrong, damaged) = (refusal(Reason::PinWrong), refusal(Reason::CardDamaged));
    let place = counter();
    let counter = Some(&place);
    let steps = [
        (For::Verify, Step::Pin),
        (For::Change, Step::Old),
        (For::Change, Step::New),
        (For::Change, Step::Again),
    ]
    .map(|(purpose, step)| enter(purpose, step));
    let typed = steps
        .iter()
        .map(|enter| ("enter", HolderScreen::Enter { bill, enter }));
    let refused = |refusal, again, counter| HolderScreen::Refused {
        bill,
        refusal,
        again,
        counter,
    };
    let others = [
        ("welcome", HolderScreen::Welcome),
        ("out", HolderScreen::OutOfOrder { why: "OUT_SERVICE" }),
        ("insert", HolderScreen::Insert(bill)),
        ("reading", HolderScreen::Reading(bill)),
        ("last-try", HolderScreen::LastTry(bill)),
        ("working", HolderScreen::Working(bill)),
        ("must-change", HolderScreen::MustChange(bill)),
        (
            "changed",
            HolderScreen::Changed {
                bill,
                tries: Some(6),
            },
        ),
        ("refused-wrong", refused(&wrong, true, None)),
        ("refused-counter", refused(&damaged, false, counter)),
        ("declined", HolderScreen::Declined),
        ("locked", HolderScreen::Locked { counter }),
        ("paid", HolderScreen::Paid(bill)),
        ("settle-later", HolderScreen::SettleLater { counter }),
        ("cancelled", HolderScreen::Cancelled),
        ("take-card", HolderScreen::TakeCard),
    ];
    let sample = |(label, screen): (_, HolderScreen<'_>)| Sample::new(HOLDER, label, &screen);
    typed.chain(others).map(sample).collect()
}
