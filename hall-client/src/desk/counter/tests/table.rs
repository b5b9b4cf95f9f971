//! Every state of the counter and every event: where it leads, on both pages, and whether something is asked
//! of cardd. The table is the behaviour; a change of one cell is a change of what a counter does.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::bench::{
    At, Bench, begun, checked, found, looked, opened, operated, queue, record, refusal, signed_in,
    submit,
};
use crate::{
    Step,
    desk::{
        counter::work::{CounterDone, CounterWork, Told},
        machine::{Line, Machine as _},
    },
};

/// A row for each event, a column for each state in the order of [`At::ALL`]. In a cell: the operator's
/// screen, the holder's, and `+` if something is asked; `.` if nothing changes.
///
/// Operator: **S**ign-in, **B**usy, **D**esk, **F**orm, **A**pprove, **R**eady, **O**perating, done (**X**),
/// refused (**N**), **P**ast records, o**U**t of order. Holder: **w**elcome, wa**i**t, **e**nter, **s**etting,
/// **r**efused, **c**hosen, **u**nlocked.
const TABLE: &str = "
operator signs in         Bw+ .   .   .   .   .   .   .   .   .   .
operator signs out        .   .   Sw  Sw  Sw  Sw  .   .   Sw  Sw  Sw
operator brings a slip    .   .   Dw  Fw  .   .   .   .   .   .   .
operator applies          .   .   .   Bw+ .   .   .   .   .   .   .
operator approves         .   .   .   .   Bw+ .   .   .   .   .   .
operator starts           .   .   .   .   .   Oi+ .   .   .   .   .
operator finishes         .   .   Dw+ Bw+ Bw+ Bw+ .   .   Bw+ Bw+ Dw+
operator looks at records .   .   Pw+ .   .   .   .   .   .   .   Pw+
operator checks records   .   .   .   .   .   .   .   .   .   .   Pw+
operator types a PIN      .   .   .   .   .   .   .   .   .   .   .
operator submits a PIN    .   .   .   .   .   .   .   .   .   .   .
holder types              .   .   .   .   .   .   .   Oe  .   .   .
holder submits            .   .   .   .   .   .   .   .   .   .   .
holder asks again         .   .   .   .   .   .   .   .   .   .   .
holder goes back          .   .   .   .   .   .   .   .   .   .   .
holder's page is loaded   .   .   .   .   .   .   .   .   .   .   .
holder starts             .   .   .   .   .   .   .   .   .   .   .
holder finishes           .   .   .   .   .   .   .   .   .   .   .
card comes                .   .   Bw+ .   .   .   .   .   .   .   .
card goes                 .   .   Dw+ Dw+ Nw  Nw  .   Or  .   .   .
cardd goes                .   .   Uw+ Uw+ Nw  Nw  .   .   .   .   .
nobody does anything      .   Sw  Sw  Sw  Sw  Sw  .   .   Sw  Sw  Sw
signed in                 .   Dw+ .   .   .   .   .   .   .   .   .
sign-in refused           .   Sw  .   .   .   .   .   .   .   .   .
signed in, late           .   .   .   .   .   .   .   .   .   .   .
queue                     .   .   .   .   .   .   .   .   .   .   .
queue refused             .   .   Nw  .   .   .   .   .   .   .   Nw
looked                    .   Fw  .   .   .   .   .   .   .   .   .
looked, late              .   .   .   .   .   .   .   .   .   .   .
case opened               .   .   .   .   .   .   .   .   .   .   .
case opened, late         .   .   .   .   .   .   .   .   .   .   .
approved                  .   Dw  .   .   .   .   .   .   .   .   .
approval refused          .   Aw  .   .   .   .   .   .   .   .   .
step done                 .   .   .   .   .   .   Oi+ Oe+ .   .   .
holder wanted             .   .   .   .   .   .   Oi+ Oe+ .   .   .
operation done            .   .   .   .   .   .   Bc+ Bc+ .   .   .
operation refused         .   .   .   .   .   .   Nr  Nr  .   .   .
holder's entry open       .   .   .   .   .   .   Oe  .   .   .   .
holder's entry refused    .   .   .   .   .   .   Or  .   .   .   .
holder's PIN refused      .   .   .   .   .   .   .   .   .   .   .
record read               .   Dw  .   .   .   .   .   .   .   .   .
records found             .   .   .   .   .   .   .   .   .   .   .
records checked           .   .   .   .   .   .   .   .   .   .   Pw
";

type Event = (&'static str, fn(&mut Bench) -> Vec<CounterWork>);

fn act(bench: &mut Bench, action: &str) -> Vec<CounterWork> {
    bench.operator(&json!({ "act": action }))
}

fn papers(bench: &mut Bench, action: &str) -> Vec<CounterWork> {
    bench.operator(&json!({ "act": action, "papers": "x" }))
}

fn holder(bench: &mut Bench, action: &str) -> Vec<CounterWork> {
    bench.holder(&json!({ "act": action }))
}

/// Of work that was given out a turn ago.
fn late(bench: &mut Bench, done: CounterDone) -> Vec<CounterWork> {
    let turn = bench.desk.turn() - 1;
    bench.late(turn, done)
}

const EVENTS: [Event; 43] = [
    ("operator signs in", |b| papers(b, "sign_in")),
    ("operator signs out", |b| act(b, "sign_out")),
    ("operator brings a slip", |b| {
        b.operator(&json!({ "act": "slip", "reference": "0123456789ABCDEF" }))
    }),
    ("operator applies", |b| b.operator(&Bench::application())),
    ("operator approves", |b| papers(b, "approve")),
    ("operator starts", |b| act(b, "start")),
    ("operator finishes", |b| act(b, "finish")),
    ("operator looks at records", |b| {
        b.operator(&json!({ "act": "records", "find": { "by": "number", "what": 1 } }))
    }),
    ("operator checks records", |b| act(b, "check")),
    ("operator types a PIN", |b| act(b, "typed")),
    ("operator submits a PIN", |b| b.operator(&submit())),
    ("holder types", |b| holder(b, "typed")),
    ("holder submits", |b| b.holder(&submit())),
    ("holder asks again", |b| holder(b, "again")),
    ("holder goes back", |b| holder(b, "back")),
    ("holder's page is loaded", |b| holder(b, "start_over")),
    ("holder starts", |b| holder(b, "start")),
    ("holder finishes", |b| holder(b, "finish")),
    ("card comes", Bench::insert),
    ("card goes", |b| {
        b.insert();
        b.pull()
    }),
    ("cardd goes", |b| b.line(Line::Down)),
    ("nobody does anything", Bench::wait),
    ("signed in", |b| b.done(signed_in())),
    ("sign-in refused", |b| {
        b.done(CounterDone::SignedIn(Err(refusal())))
    }),
    ("signed in, late", |b| late(b, signed_in())),
    ("queue", |b| b.done(queue())),
    ("queue refused", |b| {
        b.done(CounterDone::Queue(Err(refusal())))
    }),
    ("looked", |b| b.done(looked())),
    ("looked, late", |b| late(b, looked())),
    ("case opened", |b| b.done(opened(false))),
    ("case opened, late", |b| late(b, opened(false))),
    ("approved", |b| {
        b.done(CounterDone::Approved(Ok("李强".to_owned())))
    }),
    ("approval refused", |b| {
        b.done(CounterDone::Approved(Err(refusal())))
    }),
    ("step done", |b| b.told(Told::Step(Step::Opened))),
    ("holder wanted", |b| {
        b.told(Told::Step(Step::HolderPinWanted))
    }),
    ("operation done", |b| b.told(operated())),
    ("operation refused", |b| b.told(Told::Ended(Err(refusal())))),
    ("holder's entry open", |b| b.done(begun())),
    ("holder's entry refused", |b| {
        b.done(CounterDone::HolderBegun(Err(refusal())))
    }),
    ("holder's PIN refused", |b| {
        b.done(CounterDone::HolderSet(Err(refusal())))
    }),
    ("record read", |b| b.done(record())),
    ("records found", |b| b.done(found())),
    ("records checked", |b| b.done(checked())),
];

fn letter(names: &[(&str, char)], screen: &Value) -> char {
    let name = screen.get("name").and_then(Value::as_str).unwrap();
    names.iter().find(|(known, _)| *known == name).unwrap().1
}

fn letters(bench: &Bench) -> (char, char) {
    let operator = letter(
        &[
            ("sign_in", 'S'),
            ("busy", 'B'),
            ("desk", 'D'),
            ("form", 'F'),
            ("approve", 'A'),
            ("ready", 'R'),
            ("operating", 'O'),
            ("done", 'X'),
            ("refused", 'N'),
            ("records", 'P'),
            ("out_of_order", 'U'),
        ],
        &bench.view("operator").screen,
    );
    let holder = letter(
        &[
            ("welcome", 'w'),
            ("wait", 'i'),
            ("enter", 'e'),
            ("setting", 's'),
            ("refused", 'r'),
            ("set", 'c'),
            ("unlocked", 'u'),
        ],
        &bench.view("holder").screen,
    );
    (operator, holder)
}

fn cell(at: At, event: fn(&mut Bench) -> Vec<CounterWork>) -> String {
    let mut bench = Bench::at(at);
    let before = (
        letters(&bench),
        bench.view("operator").screen,
        bench.view("holder").screen,
    );
    let asked = !event(&mut bench).is_empty();
    let (operator, holder) = letters(&bench);
    let after = (
        (operator, holder),
        bench.view("operator").screen,
        bench.view("holder").screen,
    );
    if after == before && !asked {
        return ".".to_owned();
    }
    let plus = if asked { "+" } else { "" };
    format!("{operator}{holder}{plus}")
}

#[tokio::test]
async fn every_state_and_every_event() {
    let mut table = String::from("\n");
    for (name, event) in EVENTS {
        write!(table, "{name:<26}").unwrap();
        for at in At::ALL {
            write!(table, "{:<4}", cell(at, event)).unwrap();
        }
        table = format!("{}\n", table.trim_end());
    }
    assert_eq!(table, TABLE, "{table}");
}
