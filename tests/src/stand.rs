//! A whole terminal on one machine: rack, private pcscd, cardd, a socket for each desk.

use std::{
    fs, io,
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
};

use card_sim::rack::{
    client::Client,
    config::Config,
    reader_conf,
    runtime_dir::ifd_socket,
    server::Rack,
    shelf::{CardMaker, Inspection},
    sim_cards::SimCards,
};
use nix::unistd::User;
use rand::{SeedableRng as _, rngs::StdRng};

use crate::{
    daemon::Daemon,
    pcscd::{Ending, PrivatePcscd, SOCKET_VARIABLE, driver_library, stock_driver_library},
};

pub use crate::plan::{DESKS, Plan};

/// A running terminal. Dropping it ends everything that it started.
pub struct Stand {
    /// The daemon. First, so that it ends before what it stands on.
    pub cardd: Daemon,
    /// The PC/SC service.
    pub pcscd: PrivatePcscd,
    rack: Option<Rack>,
    /// The rack as it was made, to be made again.
    config: Config,
    rack_dir: PathBuf,
    slots: Vec<String>,
    scratch: tempfile::TempDir,
}

impl Stand {
    /// Starts everything and waits until cardd says that it answers.
    ///
    /// # Errors
    /// A part does not start; its output is in the error.
    pub fn start(plan: &Plan) -> io::Result<Self> {
        Self::build(plan, social_cards, PrivatePcscd::start)
    }

    /// As [`Stand::start`], with the socket of pcscd in `run`: for a test that is itself a client
    /// of PC/SC, in a process of its own.
    ///
    /// # Errors
    /// As [`Stand::start`].
    pub fn start_in(run: &Path, plan: &Plan) -> io::Result<Self> {
        Self::build(plan, social_cards, |readers| {
            PrivatePcscd::start_at(run, readers)
        })
    }

    /// As [`Stand::start`], with cards that `maker` makes.
    ///
    /// # Errors
    /// As [`Stand::start`].
    pub fn start_with(plan: &Plan, maker: Box<dyn CardMaker>) -> io::Result<Self> {
        Self::build(plan, |_state| maker, PrivatePcscd::start)
    }

    fn build(
        plan: &Plan,
        cards: impl FnOnce(PathBuf) -> Box<dyn CardMaker>,
        pcscd: impl FnOnce(&Path) -> io::Result<PrivatePcscd>,
    ) -> io::Result<Self> {
        let scratch = tempfile::tempdir()?;
        let at = |name: &str| scratch.path().join(name);
        let config = plan.rack(&at("cards"));
        let rack = start_rack(&config, cards(at("cards")), scratch.path())?;
        let mut pcscd = pcscd(&at("readers"))?;
        if plan.service_comes_later {
            pcscd.end(Ending::Stop)?;
        }
        fs::write(at("cardd.toml"), plan.cardd(scratch.path()))?;
        if let Some(user) = &plan.user {
            hand_over(scratch.path(), &pcscd.socket(), user)?;
        }
        let mut environment = plan.environment.clone();
        environment.push((SOCKET_VARIABLE.to_owned(), pcscd.socket().into()));
        let cardd = Daemon::start(&at("cardd.toml"), &at("cardd.log"), environment)?;
        Ok(Self {
            cardd,
            pcscd,
            rack: Some(rack),
            config,
            rack_dir: at("rack"),
            slots: plan.slots.clone(),
            scratch,
        })
    }

    /// Socket of a desk.
    #[must_use]
    pub fn socket(&self, desk: &str) -> PathBuf {
        self.scratch.path().join(format!("{desk}.sock"))
    }

    /// Directory of the ledger.
    #[must_use]
    pub fn ledger(&self) -> PathBuf {
        self.scratch.path().join("ledger")
    }

    /// Every file of the ledger, however deep.
    ///
    /// # Errors
    /// A directory cannot be read.
    pub fn ledger_files(&self) -> io::Result<Vec<PathBuf>> {
        let (mut files, mut directories) = (Vec::new(), vec![self.ledger()]);
        while let Some(directory) = directories.pop() {
            for entry in fs::read_dir(directory)? {
                let path = entry?.path();
                let place = if path.is_dir() {
                    &mut directories
                } else {
                    &mut files
                };
                place.push(path);
            }
        }
        Ok(files)
    }

    /// Directory of everything this stand writes.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.scratch.path()
    }

    /// A new connection to the rack.
    ///
    /// # Errors
    /// The rack does not answer.
    pub fn rack(&self) -> io::Result<Client> {
        Client::connect(&self.rack_dir).map_err(io::Error::other)
    }

    /// Unplugs all readers, cards and all: their driver has no device any more. Those who look into
    /// cards must wait until they are back.
    pub fn unplug(&mut self) {
        self.rack = None;
    }

    /// Plugs the readers in again, without cards; a card is as it was saved.
    ///
    /// # Errors
    /// The rack does not start.
    pub fn plug(&mut self) -> io::Result<()> {
        let cards = social_cards(self.scratch.path().join("cards"));
        let rack = Rack::start(&self.rack_dir, &self.config, cards);
        self.rack = Some(rack.map_err(io::Error::other)?);
        Ok(())
    }

    /// A look inside a card of the rack.
    ///
    /// # Errors
    /// The rack does not answer, or has no such card.
    pub fn inside(&self, card: &str) -> io::Result<Inspection> {
        let view = self.rack()?.inspect(card).map_err(io::Error::other)?;
        Ok(view.inside)
    }

    /// Tries left of the PIN, as the card itself counts them.
    ///
    /// # Errors
    /// As [`Stand::inside`].
    pub fn tries(&self, card: &str) -> io::Result<u32> {
        let inside = self.inside(card)?;
        let counter = inside.counter("pin").ok_or(io::ErrorKind::NotFound)?;
        Ok(u32::from(counter.left))
    }

    /// Names of all cards of the rack, wherever they lie.
    pub(crate) fn cards(&self) -> impl Iterator<Item = &str> {
        self.config.cards.iter().map(|card| card.name.as_str())
    }

    /// Name of the PC/SC reader of a slot: pcscd numbers readers as it finds them.
    #[must_use]
    pub fn reader(&self, slot: &str) -> String {
        let number = self.slots.iter().position(|name| name == slot);
        format!("Sim {slot} {:02X} 00", number.unwrap_or(0))
    }
}

/// Lets another user make files in the stand's directory, and reach the socket of pcscd.
fn hand_over(scratch: &Path, pcscd: &Path, user: &str) -> io::Result<()> {
    let user = User::from_name(user).map_err(io::Error::from)?;
    let user = user.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such user"))?;
    chown(scratch, Some(user.uid.as_raw()), Some(user.gid.as_raw()))?;
    let run = pcscd.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::set_permissions(run, fs::Permissions::from_mode(0o711))
}

/// Challenges of the cards are fixed, so that a failing test fails again.
fn social_cards(state: PathBuf) -> Box<dyn CardMaker> {
    let random = Box::new(|| StdRng::seed_from_u64(20_150_501));
    Box::new(SimCards::new(Some(state), random))
}

fn start_rack(config: &Config, cards: Box<dyn CardMaker>, scratch: &Path) -> io::Result<Rack> {
    let (dir, readers) = (scratch.join("rack"), scratch.join("readers"));
    let rack = Rack::start(&dir, config, cards).map_err(io::Error::other)?;
    let own = reader_conf::own_driver(&config.slots, &ifd_socket(&dir), &driver_library()?)
        .map_err(io::Error::other)?;
    let stock = reader_conf::stock_driver(&config.slots, stock_driver_library());
    fs::create_dir_all(&readers)?;
    fs::write(readers.join("rack"), [own, stock].concat())?;
    Ok(rack)
}
