//! Events.

use cardd_proto::v1::{self, event::Kind};

use super::{card, present, reader};
use crate::{
    error::ContractError,
    model::{Doubt, Event, Happening, Reason, Verdict},
};

pub(crate) fn event(event: v1::Event) -> Result<Event, ContractError> {
    Ok(Event {
        position: event.position,
        time_unix_ms: event.time_unix_ms,
        happening: happening(present(event.kind, "Event.kind")?)?,
    })
}

fn happening(kind: Kind) -> Result<Happening, ContractError> {
    Ok(match kind {
        Kind::Resync(event) => Happening::Resync {
            readers: event
                .readers
                .into_iter()
                .map(reader::reader)
                .collect::<Result<_, _>>()?,
        },
        Kind::ServiceChanged(event) => Happening::ServiceChanged { up: event.up },
        Kind::ReaderArrived(event) => Happening::ReaderArrived {
            reader: event.reader,
        },
        Kind::ReaderGone(event) => Happening::ReaderGone {
            reader: event.reader,
        },
        Kind::CardInserted(event) => Happening::CardInserted {
            insertion: reader::insertion(event.insertion, "CardInserted.insertion")?,
            reader: event.reader,
        },
        Kind::CardIdentified(event) => Happening::CardIdentified {
            insertion: reader::insertion(event.insertion, "CardIdentified.insertion")?,
            reader: event.reader,
            card: card::summary(present(event.card, "CardIdentified.card")?)?,
        },
        Kind::CardFaulted(event) => Happening::CardFaulted {
            insertion: reader::insertion(event.insertion, "CardFaulted.insertion")?,
            reader: event.reader,
            fault: Reason::from_wire(event.reason)?,
        },
        Kind::CardRemoved(event) => Happening::CardRemoved {
            insertion: reader::insertion(event.insertion, "CardRemoved.insertion")?,
            reader: event.reader,
        },
        Kind::DoubtArose(event) => Happening::DoubtArose {
            insertion: reader::insertion(event.insertion, "DoubtArose.insertion")?,
            reader: event.reader,
            doubt: Doubt::from_wire(event.doubt)?,
        },
        Kind::DoubtSettled(event) => Happening::DoubtSettled {
            insertion: reader::insertion(event.insertion, "DoubtSettled.insertion")?,
            reader: event.reader,
            doubt: Doubt::from_wire(event.doubt)?,
        },
        Kind::DoubtResolved(event) => Happening::DoubtResolved {
            insertion: reader::insertion(event.insertion, "DoubtResolved.insertion")?,
            reader: event.reader,
            doubt: Doubt::from_wire(event.doubt)?,
            verdict: Verdict::from_wire(event.verdict)?,
        },
        Kind::GuessBudgetSpent(event) => Happening::GuessBudgetSpent {
            spent: event.spent,
            limit_per_hour: event.limit_per_hour,
        },
        Kind::KiosksReopened(event) => Happening::KiosksReopened { desk: event.desk },
    })
}
