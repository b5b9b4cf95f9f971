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
    let operator = operator().into_iter().chain(records());
    let operator = operator.map(|(label, screen)| Sample::new(OPERATOR, label, &screen));
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

fn operator() -> Vec<(&'static str, OperatorScreen)> {
    let waiting = Waiting {
        card_ref: "5f0c7a9d1e3b".to_owned(),
        tries_lost: 6,
        last_unix_ms: 0,
    };
    let desk = |queue, slips| OperatorScreen::Desk {
        operator: "王芳".to_owned(),
        queue,
        slips,
    };
    let form = |slips, refusal| OperatorScreen::Form {
        pin: PinState::Blocked.code(),
        tries: Some(0),
        slips,
        refusal,
    };
    let approve = |refusal| OperatorScreen::Approve {
        case: 12,
        operator: "王芳".to_owned(),
        refusal,
    };
    let operation = IssuerOperation::Reload.code();
    let steps = vec![
        "STEP_OPENED",
        "STEP_UNBLOCK_KEY",
        "STEP_MESSAGE",
        "STEP_HOLDER",
    ];
    let differs = Some(refusal(Reason::IdNumberDiffers));
    vec![
        ("sign-in", OperatorScreen::SignIn { refusal: None }),
        (
            "sign-in-refused",
            OperatorScreen::SignIn {
                refusal: Some(refusal(Reason::NotForThisDesk)),
            },
        ),
        ("out", OperatorScreen::OutOfOrder { why: "OUT_READER" }),
        ("busy", OperatorScreen::Busy),
        ("desk-empty", desk(Vec::new(), slips(&[], false))),
        (
            "desk",
            desk(
                vec![waiting],
                slips(&["0123-4567-89AB-CDEF", "no slip"], false),
            ),
        ),
        ("form", form(slips(&["0123-4567-89AB-CDEF"], true), None)),
        (
            "form-refused",
            form(slips(&["0123-4567-89AB-CDEF"], false), differs),
        ),
        ("approve", approve(None)),
        (
            "approve-refused",
            approve(Some(refusal(Reason::SameOperator))),
        ),
        (
            "ready",
            OperatorScreen::Ready {
                case: 12,
                operation,
            },
        ),
        (
            "operating",
            OperatorScreen::Operating {
                case: 12,
                operation,
                steps,
            },
        ),
        (
            "done-reset",
            filed(IssuerOperation::Reload, Some("李强"), true),
        ),
        ("done-broken", filed(IssuerOperation::Unblock, None, false)),
        (
            "refused",
            OperatorScreen::Refused {
                refusal: refusal(Reason::CardRemoved),
            },
        ),
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
    vec![
        (
            "records",
            screen(&number, found(lines.clone(), true), whole, false),
        ),
        (
            "records-bad",
            screen(&number, found(lines, false), bad, false),
        ),
        (
            "records-none",
            screen(
                &Find::Day("2026-11-25".to_owned()),
                found(Vec::new(), false),
                None,
                false,
            ),
        ),
        ("records-busy", screen(&number, None, None, true)),
        (
            "records-wrong",
            screen(&Find::Hash("xyz".to_owned()), None, None, false),
        ),
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
