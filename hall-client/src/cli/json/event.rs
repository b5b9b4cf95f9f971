//! Events for programs.

use hall_client::{Event, Happening};
use serde_json::{Value, json};

use super::{reader, summary};

/// One event: its place and its data in one flat object.
pub(crate) fn event(event: &Event) -> Value {
    let mut value = json!({
        "position": event.position,
        "time_unix_ms": event.time_unix_ms,
        "event": event.happening.code(),
    });
    if let (Value::Object(all), Value::Object(data)) = (&mut value, happening(&event.happening)) {
        all.extend(data);
    }
    value
}

fn happening(happening: &Happening) -> Value {
    match happening {
        Happening::Resync { readers } => {
            json!({ "readers": readers.iter().map(reader).collect::<Vec<_>>() })
        }
        Happening::ServiceChanged { up } => json!({ "up": up }),
        Happening::ReaderArrived { reader } | Happening::ReaderGone { reader } => {
            json!({ "reader": reader })
        }
        Happening::CardInserted { reader, insertion }
        | Happening::CardRemoved { reader, insertion } => {
            json!({ "reader": reader, "insertion": insertion.get() })
        }
        Happening::CardIdentified {
            reader,
            insertion,
            card,
        } => {
            json!({ "reader": reader, "insertion": insertion.get(), "card": summary(card) })
        }
        Happening::CardFaulted {
            reader,
            insertion,
            fault,
        } => {
            json!({ "reader": reader, "insertion": insertion.get(), "fault": fault.code() })
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
            json!({ "reader": reader, "insertion": insertion.get(), "doubt": doubt.code() })
        }
        Happening::DoubtResolved {
            reader,
            insertion,
            doubt,
            verdict,
        } => json!({
            "reader": reader,
            "insertion": insertion.get(),
            "doubt": doubt.code(),
            "verdict": verdict.code(),
        }),
        Happening::GuessBudgetSpent {
            spent,
            limit_per_hour,
        } => json!({ "spent": spent, "limit_per_hour": limit_per_hour }),
        Happening::KiosksReopened { desk } => json!({ "desk": desk }),
    }
}
