//! Readers and events.

use cardd_proto::v1::{self, event::Kind};

use crate::{
    ledger::Verdict,
    rpc::convert::{
        card::{fault, summary},
        pin::doubt,
    },
    terminal::{
        ReaderView, SlotView,
        events::{Event, Happening},
    },
};

pub(in crate::rpc) fn reader(view: &ReaderView) -> v1::Reader {
    let state = match &view.slot {
        SlotView::Empty => v1::SlotState::Empty,
        SlotView::Present { .. } => v1::SlotState::Present,
        SlotView::Identified { busy: true, .. } => v1::SlotState::Busy,
        SlotView::Identified { busy: false, .. } => v1::SlotState::Identified,
        SlotView::Faulted { .. } => v1::SlotState::Faulted,
    };
    let mut message = v1::Reader {
        name: view.name.as_str().to_owned(),
        state: state.into(),
        ..v1::Reader::default()
    };
    match &view.slot {
        SlotView::Empty => {}
        SlotView::Present { insertion } => message.insertion = insertion.number(),
        SlotView::Identified {
            insertion, card, ..
        } => {
            message.insertion = insertion.number();
            message.card = Some(summary(card));
        }
        SlotView::Faulted {
            insertion,
            fault: why,
        } => {
            message.insertion = insertion.number();
            message.fault = fault(*why).into();
        }
    }
    message
}

pub(in crate::rpc) fn resync(
    readers: &[ReaderView],
    position: u64,
    time_unix_ms: u64,
) -> v1::Event {
    let readers = readers.iter().map(reader).collect();
    v1::Event {
        position,
        time_unix_ms,
        kind: Some(Kind::Resync(v1::Resync { readers })),
    }
}

pub(in crate::rpc) fn event(event: &Event) -> v1::Event {
    v1::Event {
        position: event.position,
        time_unix_ms: event.time_unix_ms,
        kind: Some(kind(&event.happening)),
    }
}

fn kind(happening: &Happening) -> Kind {
    let name = |reader: &crate::reader::ReaderName| reader.as_str().to_owned();
    match happening {
        Happening::ServiceChanged { up } => Kind::ServiceChanged(v1::ServiceChanged { up: *up }),
        Happening::ReaderArrived { reader } => Kind::ReaderArrived(v1::ReaderArrived {
            reader: name(reader),
        }),
        Happening::ReaderGone { reader } => Kind::ReaderGone(v1::ReaderGone {
            reader: name(reader),
        }),
        Happening::CardInserted { reader, insertion } => Kind::CardInserted(v1::CardInserted {
            reader: name(reader),
            insertion: insertion.number(),
        }),
        Happening::CardIdentified {
            reader,
            insertion,
            card,
        } => Kind::CardIdentified(v1::CardIdentified {
            reader: name(reader),
            insertion: insertion.number(),
            card: Some(summary(card)),
        }),
        Happening::CardFaulted {
            reader,
            insertion,
            fault: why,
        } => Kind::CardFaulted(v1::CardFaulted {
            reader: name(reader),
            insertion: insertion.number(),
            reason: fault(*why).into(),
        }),
        Happening::CardRemoved { reader, insertion } => Kind::CardRemoved(v1::CardRemoved {
            reader: name(reader),
            insertion: insertion.number(),
        }),
        Happening::DoubtArose {
            reader,
            insertion,
            operation,
        } => Kind::DoubtArose(v1::DoubtArose {
            reader: name(reader),
            insertion: insertion.number(),
            doubt: doubt(*operation).into(),
        }),
        Happening::DoubtResolved {
            reader,
            insertion,
            operation,
            verdict: told,
        } => Kind::DoubtResolved(v1::DoubtResolved {
            reader: name(reader),
            insertion: insertion.number(),
            verdict: verdict(*told).into(),
            doubt: doubt(*operation).into(),
        }),
        Happening::DoubtSettled {
            reader,
            insertion,
            operation,
        } => Kind::DoubtSettled(v1::DoubtSettled {
            reader: name(reader),
            insertion: insertion.number(),
            doubt: doubt(*operation).into(),
        }),
        Happening::GuessBudgetSpent {
            spent,
            limit_per_hour,
        } => Kind::GuessBudgetSpent(v1::GuessBudgetSpent {
            spent: *spent,
            limit_per_hour: *limit_per_hour,
        }),
        Happening::KiosksReopened { desk } => {
            Kind::KiosksReopened(v1::KiosksReopened { desk: desk.clone() })
        }
    }
}

fn verdict(verdict: Verdict) -> v1::Verdict {
    match verdict {
        Verdict::Succeeded => v1::Verdict::Succeeded,
        Verdict::TrySpent => v1::Verdict::TrySpent,
        Verdict::NotDone => v1::Verdict::NotDone,
        Verdict::Undecided => v1::Verdict::Undecided,
    }
}
