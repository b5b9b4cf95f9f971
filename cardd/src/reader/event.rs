//! What happens at the readers, as told to the rest of the terminal.

use super::{Insertion, ReaderName};

/// One event. For each reader they come in the order in which things happened, and the state that
/// `Readers::list` shows is never older than the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReaderEvent {
    /// The PC/SC service answers.
    ServiceUp,
    /// The PC/SC service is gone. The cards and readers it served are reported as removed and
    /// gone next, and announced anew when it is back.
    ServiceDown,
    /// A reader can be used.
    ReaderArrived {
        /// Which.
        reader: ReaderName,
    },
    /// A reader was unplugged or its driver gave up; its card was reported as removed before.
    ReaderGone {
        /// Which.
        reader: ReaderName,
    },
    /// A card came and answered to reset.
    CardInserted {
        /// Where.
        reader: ReaderName,
        /// This stay of the card.
        insertion: Insertion,
    },
    /// A card is in the reader but does not answer to reset: upside down, or defective.
    CardUnreadable {
        /// Where.
        reader: ReaderName,
        /// This stay of the card.
        insertion: Insertion,
    },
    /// The card left.
    CardRemoved {
        /// Where.
        reader: ReaderName,
        /// The stay that ended.
        insertion: Insertion,
    },
}
