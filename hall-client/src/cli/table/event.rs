//! Events for people.

use hall_client::{Event, Happening, Insertion};

use super::instant;

/// One line, since events come one by one.
pub(crate) fn event(event: &Event) -> String {
    let place = |reader: &str, insertion: &Insertion| format!("{reader} #{insertion}");
    let words = match &event.happening {
        Happening::Resync { readers } => readers
            .iter()
            .map(|reader| format!("{}={}", reader.name, reader.slot.code()))
            .collect::<Vec<_>>()
            .join(", "),
        Happening::ServiceChanged { up } => if *up { "UP" } else { "DOWN" }.to_owned(),
        Happening::ReaderArrived { reader } | Happening::ReaderGone { reader } => reader.clone(),
        Happening::CardInserted { reader, insertion }
        | Happening::CardRemoved { reader, insertion } => place(reader, insertion),
        Happening::CardIdentified {
            reader,
            insertion,
            card,
        } => {
            format!(
                "{} {} {}",
                place(reader, insertion),
                card.generation.code(),
                card.card_number
            )
        }
        Happening::CardFaulted {
            reader,
            insertion,
            fault,
        } => {
            format!("{} {}", place(reader, insertion), fault.code())
        }
        Happening::DoubtArose {
            reader,
            insertion,
            doubt,
        }
        | Happening::DoubtSettled {
            reader,
            insertion,
            doubt,
        } => {
            format!("{} {}", place(reader, insertion), doubt.code())
        }
        Happening::DoubtResolved {
            reader,
            insertion,
            doubt,
            verdict,
        } => {
            let place = place(reader, insertion);
            format!("{place} {} {}", doubt.code(), verdict.code())
        }
        Happening::GuessBudgetSpent {
            spent,
            limit_per_hour,
        } => format!("{spent} / {limit_per_hour}"),
        Happening::KiosksReopened { desk } => desk.clone(),
    };
    let time = instant(event.time_unix_ms);
    format!(
        "{:>6}  {time}  {:<15}  {words}",
        event.position,
        event.happening.code()
    )
}
