//! Rule files that the hall pushes, between operations and in the middle of one, and what becomes of
//! them on the disk.

use std::{
    fs,
    sync::{Arc, Mutex, PoisonError},
};

use cardd::terminal::TerminalError;

use super::{DESKS, Life, Run, StormError, desk};
use crate::storm::{
    life::Answer,
    region::SentFile,
    sabotage::Wrapper,
    step::{At, Mishap, Pushed, What},
};

/// A rule file that is pushed in the middle of an operation, and cardd's answer.
#[derive(Default)]
pub(super) struct InHand {
    file: Option<SentFile>,
    answer: Arc<Mutex<Option<Answer<u64>>>>,
}

impl Run {
    /// What goes wrong in the operation that begins now.
    pub(super) fn arm(&mut self, mishap: Option<Mishap>) {
        self.in_hand.file = match mishap.map(|mishap| mishap.what) {
            Some(What::Push(pushed)) => SentFile::of(pushed, self.books.rules.version()),
            _ => None,
        };
        self.world.arm(mishap);
    }

    /// Pushes the file in hand when called.
    pub(super) fn pusher(&self, life: &Life) -> impl Fn() + Send + Sync + use<> {
        let file = self.in_hand.file.as_ref().map(|file| file.bytes.clone());
        let answer = Arc::clone(&self.in_hand.answer);
        let (terminal, hall) = (Arc::clone(&life.terminal), desk(DESKS.len(), self.wrapper));
        move || {
            let Some(file) = &file else { return };
            let told = terminal.push_rules(&hall, file);
            let told = told.map(|(_rules, sequence)| sequence);
            *answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(told);
        }
    }

    /// The operation is over; a file may have been pushed in the middle of it.
    pub(super) fn disarm(&mut self) {
        self.world.arm(None);
        let answer = self
            .in_hand
            .answer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let (Some(file), Some(answer)) = (self.in_hand.file.take(), answer) {
            self.pushed(&file, &answer);
        }
    }

    /// The hall pushes a rule file; cardd may be killed on the way.
    pub(super) fn push(&mut self, pushed: Pushed, dies_at: Option<u8>) -> Result<(), StormError> {
        let file = SentFile::of(pushed, self.books.rules.version());
        let (Some(file), Some(life)) = (file, &self.life) else {
            return Ok(());
        };
        let (terminal, hall) = (Arc::clone(&life.terminal), desk(DESKS.len(), self.wrapper));
        let bytes = file.bytes.clone();
        self.world.arm(dies_at.map(|moment| Mishap {
            at: At::Opening,
            what: What::CrashAtRecord(moment),
        }));
        // A disk that loses flushes loses what was done at cards.
        let answer = self.ask_on(Wrapper::Sound, async move {
            let told = terminal.push_rules(&hall, &bytes);
            told.map(|(_rules, sequence)| sequence)
        });
        self.world.arm(None);
        let died = self.world.is_dead();
        match answer {
            Some(answer) => self.pushed(&file, &answer),
            None => {
                let placed = self.life.as_ref().and_then(Life::placed);
                let placed = placed == Some(file.terms.version);
                self.books.rules_cut_off(&file, placed);
            }
        }
        self.come_to_rest(died)
    }

    fn pushed(&mut self, file: &SentFile, answer: &Answer<u64>) {
        let answer: Result<&u64, &TerminalError> = answer.as_ref();
        self.heard(&answer);
        let Some(life) = &self.life else { return };
        self.books
            .rules_pushed(&self.world, &life.ledger, (file, answer));
    }

    /// The newest rule file on the disk is damaged.
    pub(super) fn spoil(&mut self) {
        let Some(version) = self.books.rules.spoil() else {
            return;
        };
        let Some(life) = &self.life else { return };
        let path = life.directory().join(format!("rules/v{version:010}.rules"));
        let Ok(mut content) = fs::read(&path) else {
            let gone = format!("rule file {version} is not on the disk");
            return self
                .books
                .breaks("only newer rules of the region hold", gone);
        };
        if let Some(last) = content.last_mut() {
            *last ^= 1;
        }
        // A disk that refuses leaves the file whole, which the next start shows.
        drop(fs::write(path, content));
    }

    /// After each step: the rules in force are those that the model knows.
    pub(super) fn rules_at_rest(&mut self) {
        if let Some(life) = &self.life {
            self.books.rules_are(&life.terminal.rules());
        }
    }
}
