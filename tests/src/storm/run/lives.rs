//! The lives of cardd: how one begins and ends, and what the next one finds.

use std::path::PathBuf;

use super::{DESKS, Life, Run, StormError, desk};

impl Run {
    pub(super) fn directory(&self, number: u64) -> PathBuf {
        self.scratch.path().join(format!("life-{number}"))
    }

    pub(super) fn enrol(&mut self) -> Result<(), StormError> {
        let Some(life) = &self.life else {
            return Err(StormError::Enrol);
        };
        let hall = desk(DESKS.len(), self.wrapper);
        self.books
            .enrol(&life.terminal, &hall, &mut self.rng)
            .ok_or(StormError::Enrol)
    }

    pub(super) fn start(&mut self, directory: PathBuf) -> Result<(), StormError> {
        self.lives += 1;
        let name = (self.seed, self.lives);
        let life = Life::begin(&self.world, &directory, name, self.wrapper)?;
        // What this life knows of those before, it has from what is kept now.
        self.books.keeps(&life.ledger);
        self.books
            .rules_at_start(&self.world, &life.terminal.rules());
        self.life = Some(life);
        self.settle();
        Ok(())
    }

    pub(super) fn end_life(&mut self) {
        self.world.set_stage(None);
        self.world.set_ledger(None);
        if let Some(life) = self.life.take() {
            life.end();
        }
        self.prompts = Default::default();
        self.grant = None;
    }

    /// cardd is dead. What was on its disk then is all that the next one has.
    pub(super) fn reborn(&mut self) -> Result<(), StormError> {
        self.end_life();
        self.transcript.line("cardd starts again");
        self.start(self.directory(self.lives))?;
        self.read_records();
        Ok(())
    }

    pub(super) fn settle(&mut self) {
        if let Some(life) = &self.life {
            life.settle();
        }
    }

    pub(super) fn die(&mut self) {
        if let Some(life) = &self.life {
            // A disk that cannot be copied shows at the next start.
            drop(life.copy_disk(&self.directory(self.lives)));
        }
        self.world.kill();
    }

    pub(super) fn restart(&mut self) -> Result<(), StormError> {
        let Some(life) = &self.life else {
            return Ok(());
        };
        let directory = life.directory().to_owned();
        life.terminal.close();
        drop(life.ledger.note(cardd::ledger::Note::Stopped));
        self.end_life();
        self.start(directory)?;
        self.read_records();
        Ok(())
    }

    /// The end of a deed: what cardd wrote of it, and what it does by itself; or, if it died of it,
    /// what its next life finds.
    pub(super) fn come_to_rest(&mut self, died: bool) -> Result<(), StormError> {
        if died {
            self.reborn()?;
            self.books.must_be_on_record();
            return Ok(());
        }
        self.read_records();
        self.settle();
        self.read_records();
        Ok(())
    }
}
