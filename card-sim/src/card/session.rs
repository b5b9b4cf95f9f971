//! What a card forgets at power-off or reset.

use std::collections::BTreeSet;

use zeroize::Zeroizing;

use crate::files::{Application, FileId, KeyId};

/// Volatile state of a powered card.
pub(super) struct Session {
    /// Selected application, the MF after reset.
    pub(super) application: Application,
    /// Selected EF.
    pub(super) ef: Option<FileId>,
    /// Position of the last record read or written in the selected EF, from 0.
    pub(super) record: Option<usize>,
    /// Keys authenticated since the application was selected.
    rights: BTreeSet<KeyId>,
    /// VERIFY succeeded. Lasts until power-off and survives selection (LD/T 32.7).
    pub(super) pin_right: bool,
    /// The newest unused random number.
    pub(super) challenge: Option<Vec<u8>>,
    /// Data waiting for GET RESPONSE.
    pub(super) pending: Zeroizing<Vec<u8>>,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            application: Application::Mf,
            ef: None,
            record: None,
            rights: BTreeSet::new(),
            pin_right: false,
            challenge: None,
            pending: Zeroizing::default(),
        }
    }
}

impl Session {
    /// Makes `application` current. Another one takes key rights and challenge with it, the same
    /// one keeps both (LD/T 32.5 SELECT, LD/T 32.7).
    pub(super) fn enter(&mut self, application: Application) {
        if application != self.application {
            self.rights.clear();
            self.challenge = None;
        }
        self.application = application;
        self.ef = None;
        self.record = None;
    }

    /// Makes `file` current; the record pointer of another file is lost.
    pub(super) fn open(&mut self, file: FileId) {
        if self.ef != Some(file) {
            self.record = None;
        }
        self.ef = Some(file);
    }

    pub(super) fn grant(&mut self, key: KeyId) {
        self.rights.insert(key);
    }

    pub(super) fn revoke(&mut self, key: KeyId) {
        self.rights.remove(&key);
    }

    pub(super) fn rights(&self) -> &BTreeSet<KeyId> {
        &self.rights
    }

    pub(super) fn holds(&self, key: KeyId) -> bool {
        self.rights.contains(&key)
    }
}
