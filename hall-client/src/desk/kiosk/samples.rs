//! Every screen of the kiosk, with something on it.

use super::screen::{Home, Locked, MaskedHolder, Screen, Typing};
use crate::{
    desk::{
        entry::{For, Step},
        gallery::{CARD_IDENTIFIER, Sample, counter, enter, refusal, slip_key},
        refusal::Refusal,
    },
    model::{Doubt, Reason, WeakPin},
};

fn home(pin: &'static str) -> Home {
    Home {
        holder: Some(MaskedHolder {
            name: "＊＊丁".to_owned(),
            citizen_number: "420*************03".to_owned(),
        }),
        card_number: "ZZ0****25".to_owned(),
        expires_on: "2036-11-25".to_owned(),
        tries: Some(6),
        pin,
        doubt: None,
        closed_by: None,
    }
}

fn typing(step: Step, notice: Option<Refusal>) -> Screen {
    Screen::Enter(Typing {
        enter: enter(For::Change, step),
        judging: step != Step::Again,
        flow: 1,
        notice,
    })
}

/// Every screen, each variant of it that looks otherwise.
pub(crate) fn samples() -> Vec<Sample> {
    let weak = Refusal {
        weak: Some(WeakPin::BirthDate),
        ..Refusal::of(Reason::PinTooWeak)
    };
    let locked = |told: bool| {
        Screen::Locked(Locked {
            slip: slip_key()
                .filter(|_| told)
                .and_then(|key| key.slip(CARD_IDENTIFIER)),
            counter: told.then(counter),
        })
    };
    let refused = |reason, again| Screen::Refused {
        refusal: refusal(reason),
        again,
        look_again: reason == Reason::CardHeld,
        counter: (reason == Reason::CardDamaged).then(counter),
    };
    let closed = |tries, reason: Reason| {
        Screen::Home(Home {
            tries,
            closed_by: Some(reason.code()),
            ..home("UNKNOWN")
        })
    };
    let protected = Screen::Home(Home {
        holder: None,
        doubt: Some(Doubt::Change.code()),
        ..home("UNKNOWN")
    });
    [
        ("attract", Screen::Attract),
        ("out-line", Screen::OutOfOrder { why: "OUT_LINE" }),
        ("out-service", Screen::OutOfOrder { why: "OUT_SERVICE" }),
        ("out-reader", Screen::OutOfOrder { why: "OUT_READER" }),
        ("reading", Screen::Reading),
        ("home-issued", Screen::Home(home("ISSUED"))),
        ("home-unknown", Screen::Home(home("UNKNOWN"))),
        ("home-own", Screen::Home(home("OWN"))),
        ("home-doubt", protected),
        ("home-floor", closed(Some(1), Reason::AttemptsAtFloor)),
        ("home-closed", closed(None, Reason::GuessBudgetSpent)),
        ("enter-old", typing(Step::Old, None)),
        ("enter-new", typing(Step::New, None)),
        ("enter-weak", typing(Step::New, Some(weak))),
        ("enter-again", typing(Step::Again, None)),
        ("checking", Screen::Checking { flow: 1 }),
        ("working", Screen::Working),
        ("changed", Screen::Changed { tries: Some(6) }),
        ("changed-unread", Screen::Changed { tries: None }),
        ("locked", locked(true)),
        ("locked-plain", locked(false)),
        ("refused-wrong", refused(Reason::PinWrong, true)),
        ("refused-counter", refused(Reason::CardDamaged, false)),
        ("refused-held", refused(Reason::CardHeld, false)),
        ("take-card", Screen::TakeCard),
    ]
    .into_iter()
    .map(|(label, screen)| Sample::new("kiosk", label, &screen))
    .collect()
}
