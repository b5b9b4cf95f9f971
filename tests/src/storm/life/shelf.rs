//! The rule files of a life, in cardd's own directory of them.

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex},
};

use cardd::{
    config::RuleDirectory,
    policy::RulesInForce,
    terminal::{RuleBook, RuleShelf},
};

use super::{World, lock};
use crate::storm::{region::trust, run::StormError};

/// What was put in its place last.
#[derive(Clone, Default)]
pub(super) struct Placed(Arc<Mutex<Option<u64>>>);

impl Placed {
    pub(super) fn last(&self) -> Option<u64> {
        *lock(&self.0)
    }
}

/// The directory, and who may kill cardd right before and after a file is put in its place.
struct WorldShelf {
    directory: RuleDirectory,
    world: Arc<World>,
    placed: Placed,
}

impl RuleShelf for WorldShelf {
    fn lay_by(&self, file: &[u8]) -> io::Result<()> {
        self.directory.lay_by(file)
    }

    fn place(&self, version: u64, before: Option<u64>) -> io::Result<()> {
        self.world.before_record();
        self.directory.place(version, before)?;
        if !self.world.is_dead() {
            *lock(&self.placed.0) = Some(version);
        }
        self.world.before_record();
        Ok(())
    }
}

/// What a life begins with, and what tells of the files that it takes.
pub(super) fn rule_book(
    world: &Arc<World>,
    path: &Path,
    configured: RulesInForce,
) -> Result<(RuleBook, Placed), StormError> {
    let trust = trust().ok_or(StormError::Rules(None))?;
    let refused = |cause| StormError::Rules(Some(cause));
    let directory = RuleDirectory::open(path).map_err(refused)?;
    let in_force = directory.in_force(&trust, configured).map_err(refused)?;
    let placed = Placed::default();
    let shelf = WorldShelf {
        directory,
        world: Arc::clone(world),
        placed: placed.clone(),
    };
    let book = RuleBook {
        in_force,
        trust: Some(trust),
        shelf: Box::new(shelf),
    };
    Ok((book, placed))
}
