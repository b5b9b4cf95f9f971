//! Open PIN entries. Pure: time and keys come in as arguments.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use cardd_proto::{
    entry::{Binding, ENTRY_ID_BYTES, EntryKey},
    v1::Purpose,
};

use crate::{
    policy::RulesInForce,
    reader::{Insertion, ReaderName},
};

/// Name of an entry: random, so that one desk cannot name another's.
pub type EntryId = [u8; ENTRY_ID_BYTES];

/// One prompt: for one desk, one insertion, one purpose, once, and not for long.
#[derive(Debug)]
pub(super) struct Entry {
    /// The desk that asked.
    pub(super) desk: String,
    /// Where the card is.
    pub(super) reader: ReaderName,
    /// The stay of the card that it is for.
    pub(super) insertion: Insertion,
    /// What the digits are for.
    pub(super) purpose: Purpose,
    /// The rules that its prompt was given under.
    pub(super) rules: Arc<RulesInForce>,
    /// The one-time key.
    pub(super) key: EntryKey,
    /// When it is void.
    pub(super) expires: Instant,
}

impl Entry {
    /// What the seal of this entry must be bound to.
    #[must_use]
    pub(super) fn binding(&self, entry_id: EntryId) -> Binding {
        Binding {
            entry_id,
            insertion: self.insertion.number(),
            purpose: self.purpose,
        }
    }
}

/// Why there is no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoEntry {
    /// Used, replaced, or never opened by this desk.
    Unknown,
    /// Too late.
    TimedOut,
}

/// The bounded table of open entries. Taking one removes it: one entry, one command.
#[derive(Debug)]
pub(super) struct Entries {
    open: HashMap<EntryId, Entry>,
    capacity: usize,
    lifetime: Duration,
}

impl Entries {
    /// An empty table.
    #[must_use]
    pub(super) fn new(capacity: usize, lifetime: Duration) -> Self {
        Self {
            open: HashMap::new(),
            capacity,
            lifetime,
        }
    }

    /// How long an entry lives.
    #[must_use]
    pub(super) fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// Entries that are open, late ones included until they are swept.
    #[must_use]
    pub(super) fn len(&self) -> usize {
        self.open.len()
    }

    /// Adds an entry. It replaces the one that the same desk has open at the same reader: a desk
    /// shows one prompt at a time. `false` if the table is full.
    pub(super) fn open(&mut self, id: EntryId, entry: Entry, now: Instant) -> bool {
        self.open.retain(|_, other| {
            other.expires > now && (other.desk != entry.desk || other.reader != entry.reader)
        });
        let room = self.open.len() < self.capacity;
        if room {
            self.open.insert(id, entry);
        }
        room
    }

    /// Takes an entry out, whatever comes of it.
    ///
    /// # Errors
    /// [`NoEntry`]; another desk's entry is unknown, and stays.
    pub(super) fn take(
        &mut self,
        desk: &str,
        id: &[u8],
        now: Instant,
    ) -> Result<(EntryId, Entry), NoEntry> {
        let id = EntryId::try_from(id).map_err(|_| NoEntry::Unknown)?;
        if self.open.get(&id).is_none_or(|entry| entry.desk != desk) {
            return Err(NoEntry::Unknown);
        }
        let entry = self.open.remove(&id).ok_or(NoEntry::Unknown)?;
        if entry.expires <= now {
            Err(NoEntry::TimedOut)
        } else {
            Ok((id, entry))
        }
    }

    /// Voids every entry of an insertion that ended.
    pub(super) fn void(&mut self, insertion: Insertion) {
        self.open.retain(|_, entry| entry.insertion != insertion);
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng as _, rngs::StdRng};

    use super::*;

    const LIFETIME: Duration = Duration::from_secs(60);

    fn entry(desk: &str, reader: &str, now: Instant) -> Entry {
        Entry {
            desk: desk.to_owned(),
            reader: reader.into(),
            insertion: Insertion::new(5),
            purpose: Purpose::Verify,
            rules: Arc::new(RulesInForce::for_test(10)),
            key: EntryKey::generate(&mut StdRng::seed_from_u64(1)),
            expires: now + LIFETIME,
        }
    }

    fn with_one(now: Instant) -> Entries {
        let mut entries = Entries::new(2, LIFETIME);
        assert!(entries.open([1; 16], entry("kiosk", "r1", now), now));
        entries
    }

    #[test]
    fn an_entry_is_taken_once() {
        let now = Instant::now();
        let mut entries = with_one(now);
        assert!(entries.take("kiosk", &[1; 16], now).is_ok());
        assert_eq!(
            entries.take("kiosk", &[1; 16], now).unwrap_err(),
            NoEntry::Unknown
        );
    }

    #[test]
    fn a_late_entry_is_gone_as_well() {
        let now = Instant::now();
        let mut entries = with_one(now);
        let late = now + LIFETIME;
        assert_eq!(
            entries.take("kiosk", &[1; 16], late).unwrap_err(),
            NoEntry::TimedOut
        );
        assert_eq!(entries.len(), 0);
    }

    #[test]
    fn another_desk_can_neither_use_nor_void_it() {
        let now = Instant::now();
        let mut entries = with_one(now);
        assert_eq!(
            entries.take("billing", &[1; 16], now).unwrap_err(),
            NoEntry::Unknown
        );
        assert_eq!(
            entries.take("kiosk", &[1; 15], now).unwrap_err(),
            NoEntry::Unknown
        );
        assert!(entries.take("kiosk", &[1; 16], now).is_ok());
    }

    #[test]
    fn a_new_prompt_replaces_the_old_one_of_the_same_desk_and_reader() {
        let now = Instant::now();
        let mut entries = with_one(now);
        assert!(entries.open([2; 16], entry("kiosk", "r1", now), now));
        assert_eq!(
            entries.take("kiosk", &[1; 16], now).unwrap_err(),
            NoEntry::Unknown
        );
        assert!(entries.take("kiosk", &[2; 16], now).is_ok());
    }

    #[test]
    fn the_table_is_bounded_and_late_entries_make_room() {
        let now = Instant::now();
        let mut entries = with_one(now);
        assert!(entries.open([2; 16], entry("kiosk", "r2", now), now));
        assert!(!entries.open([3; 16], entry("kiosk", "r3", now), now));
        let late = now + LIFETIME;
        assert!(entries.open([3; 16], entry("kiosk", "r3", late), late));
        assert_eq!(entries.len(), 1);
    }

    #[test]
    fn the_end_of_an_insertion_voids_its_entries() {
        let now = Instant::now();
        let mut entries = with_one(now);
        entries.void(Insertion::new(6));
        assert_eq!(entries.len(), 1);
        entries.void(Insertion::new(5));
        assert_eq!(entries.len(), 0);
    }
}
