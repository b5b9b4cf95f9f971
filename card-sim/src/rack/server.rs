//! A rack at work: sockets, connections, start and stop.

mod door;

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::config::Config;
use super::control::Refusal;
use super::orders::Room;
use super::runtime_dir::{RuntimeDir, RuntimeDirError, control_socket, ifd_socket};
use super::shelf::{CardMaker, Shelf, ShelfError};
use super::slot::Slot;
use super::wire::Wire;
use super::{MAX_SLOTS, control_server, ifd_link, vpcd_link};

use door::Door;

/// Readers at once: each slot's, and as many that are refused or on their way out.
const MAX_READER_CONNECTIONS: usize = 2 * MAX_SLOTS;

/// Control clients at once.
const MAX_CONTROL_CONNECTIONS: usize = 32;

/// Why a rack does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its directory cannot be had.
    #[error(transparent)]
    Dir(#[from] RuntimeDirError),
    /// A card of the configuration cannot be made.
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    /// A card cannot go into its slot.
    #[error("the rack cannot start with its cards")]
    Insert(#[source] Refusal),
    /// No thread.
    #[error("the rack cannot start a thread")]
    Thread(#[source] std::io::Error),
}

/// A rack at work. Dropping it stops it.
pub struct Rack {
    room: Arc<Room>,
    stopping: Arc<Stopping>,
    doors: Vec<Arc<Door>>,
    threads: Vec<JoinHandle<()>>,
    dir: Option<RuntimeDir>,
}

/// Whether the rack is to stop, and who waits for that.
#[derive(Debug, Default)]
pub(super) struct Stopping {
    asked: Mutex<bool>,
    changed: Condvar,
}

/// Asks a rack to stop, from any thread.
#[derive(Debug, Clone)]
pub struct StopHandle(Arc<Stopping>);

impl StopHandle {
    /// Lets [`Rack::wait`] return.
    pub fn ask(&self) {
        self.0.ask();
    }
}

impl Stopping {
    fn ask(&self) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    pub(super) fn asked(&self) -> bool {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until asked; bounded by `patience`.
    pub(super) fn wait(&self, patience: Duration) -> bool {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let (asked, _) = self
            .changed
            .wait_timeout_while(asked, patience, |asked| !*asked)
            .unwrap_or_else(PoisonError::into_inner);
        *asked
    }
}

impl Rack {
    /// Claims `dir`, puts the configured cards in and opens the sockets.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(
        dir: &Path,
        config: &Config,
        maker: Box<dyn CardMaker>,
    ) -> Result<Self, StartError> {
        let dir = RuntimeDir::claim(dir)?;
        let room = Arc::new(furnish(config, maker)?);
        let mut rack = Self {
            room,
            stopping: Arc::default(),
            doors: Vec::new(),
            threads: Vec::new(),
            dir: None,
        };
        rack.open_ifd(&dir)?;
        rack.plug_into_vpcd(config)?;
        rack.open_control(&dir)?;
        rack.dir = Some(dir);
        Ok(rack)
    }

    /// A handle that asks this rack to stop.
    #[must_use]
    pub fn stop_handle(&self) -> StopHandle {
        StopHandle(Arc::clone(&self.stopping))
    }

    /// Waits until someone asks the rack to stop.
    pub fn wait(&self) {
        while !self.stopping.wait(Duration::from_secs(3600)) {}
    }

    fn open_ifd(&mut self, dir: &RuntimeDir) -> Result<(), StartError> {
        let listener = dir.listen(&ifd_socket(dir.path()))?;
        let door = Arc::new(Door::new(listener, MAX_READER_CONNECTIONS));
        let (room, entry) = (Arc::clone(&self.room), Arc::clone(&door));
        self.doors.push(door);
        self.spawn("readers", move || {
            entry.serve(|stream| {
                if let Err(e) = ifd_link::serve(stream, |name| room.find_slot(name)) {
                    tracing::warn!(error = %e, "a reader's connection failed");
                }
            });
        })
    }

    fn open_control(&mut self, dir: &RuntimeDir) -> Result<(), StartError> {
        let listener = dir.listen(&control_socket(dir.path()))?;
        let door = Arc::new(Door::new(listener, MAX_CONTROL_CONNECTIONS));
        let (room, entry) = (Arc::clone(&self.room), Arc::clone(&door));
        let stopping = Arc::clone(&self.stopping);
        self.doors.push(door);
        self.spawn("control", move || {
            entry.serve(|stream| {
                if let Err(e) = control_server::serve(stream, &room, || stopping.ask()) {
                    tracing::debug!(error = %e, "a control connection ended");
                }
            });
        })
    }

    fn plug_into_vpcd(&mut self, config: &Config) -> Result<(), StartError> {
        for slot in &config.slots {
            let (Some(port), Some(found)) = (slot.vpcd_port, self.room.find_slot(&slot.name))
            else {
                continue;
            };
            let stopping = Arc::clone(&self.stopping);
            self.spawn("vpcd", move || vpcd_link::run(&found, port, &stopping))?;
        }
        Ok(())
    }

    fn spawn(
        &mut self,
        name: &str,
        body: impl FnOnce() + Send + 'static,
    ) -> Result<(), StartError> {
        let builder = std::thread::Builder::new().name(name.to_owned());
        self.threads
            .push(builder.spawn(body).map_err(StartError::Thread)?);
        Ok(())
    }
}

impl Drop for Rack {
    fn drop(&mut self) {
        self.stopping.ask();
        self.room.wire.close();
        for slot in &self.room.slots {
            slot.close();
        }
        for door in &self.doors {
            door.close();
        }
        for thread in self.threads.drain(..) {
            let _panicked = thread.join();
        }
    }
}

fn furnish(config: &Config, maker: Box<dyn CardMaker>) -> Result<Room, StartError> {
    let wire = Arc::new(Wire::default());
    let slots = config
        .slots
        .iter()
        .map(|slot| Arc::new(Slot::new(&slot.name, Arc::clone(&wire))));
    let room = Room::new(slots.collect(), Shelf::new(maker), wire);
    for card in &config.cards {
        room.shelf.add(&card.name, &card.persona)?;
    }
    for slot in &config.slots {
        if let Some(card) = &slot.card {
            room.insert(&slot.name, card).map_err(StartError::Insert)?;
        }
    }
    Ok(room)
}
