//! Every screen of the counter's pages, with something on it.

use super::{
    archive::{Find, Found, Verdict},
    machine::{HOLDER, OPERATOR},
    screen::{Filed, HolderScreen, Line, OperatorScreen, Paper, Waiting},
    slips::Slips,
};
use crate::{
    desk::{
        entry::{For, Step},
        gallery::{CARD_IDENTIFIER, Sample, enter, refusal, slip_key},
    },
    model::{CaseReason, IssuerOperation, PinState, Reason},
};

/// Every screen, each variant of it that looks otherwise.
pub(crate) fn samples() -> Vec<Sample> {
    let operator = [before_a_case(), applying(), carried_out(), records()];
    let operator = operator
        .into_iter()
        .flatten()
        .map(|(label, screen)| Sample::new(OPERATOR, label, &screen));
    let holder = holder().into_iter();
    let holder = holder.map(|(label, screen)| Sample::new(HOLDER, label, &screen));
    operator
        .chain(holder)
        .chain([Sample::lost(HOLDER)])
        .collect()
}

fn slips(brought: &[&str], card: bool) -> super::slips::Shown {
    let mut slips = Slips::default();
    for text in brought {
        slips.bring(text);
    }
    let key = slip_key().filter(|_| card);
    let reference = key.and_then(|key| key.reference(CARD_IDENTIFIER));
    if let Some(reference) = &reference {
        slips.bring(reference);
    }
    slips.card(reference);
    slips.shown()
}

fn line(sequence: u64, whole: bool) -> Line {
    Line {
        sequence,
        time_unix_ms: 1_795_600_000_000,
        body: r#"{"v":1,"time_unix_ms":1795600000000,"kind":"outcome","intent":16,"result":"succeeded","attempts_remaining":6}"#.to_owned(),
        hash: "0123456789abcdef".repeat(4),
        whole,
    }
}

fn filed(operation: IssuerOperation, second: Option<&str>, whole: bool) -> OperatorScreen {
    OperatorScreen::Done(Filed {
        case: 12,
        operation: operation.code(),
        reason: CaseReason::Forgotten.code(),
        agent: second.is_some(),
        operator: "王芳".to_owned(),
        second: second.map(str::to_owned),
        paper: Paper {
            line: line(17, whole),
            tries: Some(6),
            holder_pin_set: operation == IssuerOperation::Reload,
        },
    })
}

/// Without a case.
fn before_a_case() -> Vec<(&'static str, OperatorScreen)> {
    let waiting = Waiting {
        card_ref: "5f0c7a9d1e3b".to_owned(),
        tries_lost: 6,
        last_unix_ms: 0,
    };
    let sign_in = |refusal| OperatorScreen::SignIn { refusal };
    let desk = |queue, slips| OperatorScreen::Desk {
        operator: "王芳".to_owned(),
        queue,
        slips,
    };
    let two = slips(&["0123-4567-89AB-CDEF", "no slip"], false);
    let stranger = Some(refusal(Reason::NotForThisDesk));
    vec![
        ("sign-in", sign_in(None)),
        ("sign-in-refused", sign_in(stranger)),
        ("out", OperatorScreen::OutOfOrder { why: "OUT_READER" }),
        ("busy", OperatorScreen::Busy),
        ("desk-empty", desk(Vec::new(), slips(&[], false))),
        ("desk", desk(vec![waiting], two)),
    ]
}

/// From the checklist to the second operator.
fn applying() -> Vec<(&'static str, OperatorScreen)> {
    let form = |card, refusal| OperatorScreen::Form {
        pin: PinState::Blocked.code(),
        tries: Some(0),
        slips: slips(&["0123-4567-89AB-CDEF"], card),
        refusal,
    };
    let approve = |refusal| OperatorScreen::Approve {
        case: 12,
        operator: "王芳".to_owned(),
        refusal,
    };
    let differs = Some(refusal(Reason::IdNumberDiffers));
    let same = Some(refusal(Reason::SameOperator));
    vec![
        ("form", form(true, None)),
        ("form-refused", form(false, differs)),
        ("approve", approve(None)),
        ("approve-refused", approve(same)),
    ]
}

/// From the issuer's first step to the record.
fn carried_out() -> Vec<(&'static str, OperatorScreen)> {
    let (case, operation) = (12, IssuerOperation::Reload.code());
    let steps = vec![
        "STEP_OPENED",
        "STEP_UNBLOCK_KEY",
        "STEP_MESSAGE",
        "STEP_HOLDER",
    ];
    let operating = OperatorScreen::Operating {
        case,
        operation,
        steps,
    };
    let reset = filed(IssuerOperation::Reload, Some("李强"), true);
    let pulled = refusal(Reason::CardRemoved);
    vec![
        ("ready", OperatorScreen::Ready { case, operation }),
        ("operating", operating),
        ("done-reset", reset),
        ("done-broken", filed(IssuerOperation::Unblock, None, false)),
        ("refused", OperatorScreen::Refused { refusal: pulled }),
    ]
}

fn records() -> Vec<(&'static str, OperatorScreen)> {
    let screen = |find: &Find, found, verdict, busy| OperatorScreen::Records {
        find: find.clone(),
        plain: find.is_plain(),
        found,
        verdict,
        busy,
    };
    let number = Find::Number(17);
    let found = |lines, more| Some(Found { lines, more });
    let bad = Some(Verdict {
        records: 17,
        bad: Some((18, "FAULT_CONTENT")),
    });
    let whole = Some(Verdict {
        records: 18,
        bad: None,
    });
    let lines = vec![line(17, true), line(18, false)];
    let day = Find::Day("2026-11-25".to_owned());
    let wrong = Find::Hash("xyz".to_owned());
    let all = found(lines.clone(), true);
    let nothing = found(Vec::new(), false);
    vec![
        ("records", screen(&number, all, whole, false)),
        (
            "records-bad",
            screen(&number, found(lines, false), bad, false),
        ),
        ("records-none", screen(&day, nothing, None, false)),
        ("records-busy", screen(&number, None, None, true)),
        ("records-wrong", screen(&wrong, None, None, false)),
    ]
}

fn holder() -> Vec<(&'static str, HolderScreen)> {
    let refused = |reason, again| HolderScreen::Refused {
        refusal: refusal(reason),
        again,
    };
    vec![
        ("welcome", HolderScreen::Welcome),
        ("wait", HolderScreen::Wait),
        (
            "enter-new",
            HolderScreen::Enter(enter(For::OwnPin, Step::New)),
        ),
        (
            "enter-again",
            HolderScreen::Enter(enter(For::OwnPin, Step::Again)),
        ),
        ("setting", HolderScreen::Setting),
        ("refused-weak", refused(Reason::PinTooWeak, true)),
        ("refused-pulled", refused(Reason::CardRemoved, false)),
        ("set", HolderScreen::Set),
        ("unlocked", HolderScreen::Unlocked),
    ]
}
