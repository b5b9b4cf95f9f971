//! A whole terminal on one machine: rack, private pcscd, cardd, a socket for each desk.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use card_sim::rack::{
    client::Client,
    config::{CardConfig, Config, SlotConfig},
    reader_conf,
    runtime_dir::ifd_socket,
    server::Rack,
    sim_cards::SimCards,
};
use rand::{SeedableRng as _, rngs::StdRng};

use crate::{
    daemon::Daemon,
    pcscd::{PrivatePcscd, SOCKET_VARIABLE, driver_library},
};

/// The desks of every stand, by name; each listens at `<name>.sock`.
pub const DESKS: [(&str, &str); 3] = [
    ("billing", "billing"),
    ("kiosk", "kiosk"),
    ("counter", "counter"),
];

/// What a stand is made of.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Slots of the rack, by name; the reader of slot `a` is named `Sim a`.
    pub slots: Vec<String>,
    /// Cards on the shelf: name and persona.
    pub cards: Vec<(String, String)>,
    /// More lines of cardd's configuration.
    pub config: String,
}

impl Plan {
    /// One slot `a`, and a card for each persona, named after it.
    #[must_use]
    pub fn with_cards(personas: &[&str]) -> Self {
        Self {
            slots: vec!["a".to_owned()],
            cards: personas
                .iter()
                .map(|name| ((*name).to_owned(), (*name).to_owned()))
                .collect(),
            config: String::new(),
        }
    }

    /// With these slots instead.
    #[must_use]
    pub fn slots(mut self, slots: &[&str]) -> Self {
        self.slots = slots.iter().map(|slot| (*slot).to_owned()).collect();
        self
    }

    /// With more lines of configuration: whole sections.
    #[must_use]
    pub fn config(mut self, lines: &str) -> Self {
        self.config.push_str(lines);
        self.config.push('\n');
        self
    }

    fn rack(&self, state: &Path) -> Config {
        let slot = |name: &String| SlotConfig {
            name: name.clone(),
            reader: Some(format!("Sim {name}")),
            card: None,
            vpcd_port: None,
        };
        let card = |(name, persona): &(String, String)| CardConfig {
            name: name.clone(),
            persona: persona.clone(),
        };
        Config {
            state_dir: Some(state.to_owned()),
            slots: self.slots.iter().map(slot).collect(),
            cards: self.cards.iter().map(card).collect(),
        }
    }
}

/// A running terminal. Dropping it ends everything that it started.
pub struct Stand {
    /// The daemon. First, so that it ends before what it stands on.
    pub cardd: Daemon,
    /// The PC/SC service.
    pub pcscd: PrivatePcscd,
    _rack: Rack,
    rack_dir: PathBuf,
    scratch: tempfile::TempDir,
}

impl Stand {
    /// Starts everything and waits until cardd answers.
    ///
    /// # Errors
    /// A part does not start; its output is in the error.
    pub fn start(plan: &Plan) -> io::Result<Self> {
        let scratch = tempfile::tempdir()?;
        let at = |name: &str| scratch.path().join(name);
        let (rack, rack_dir) = (start_rack(plan, scratch.path())?, at("rack"));
        let pcscd = PrivatePcscd::start(&at("readers"))?;
        fs::write(at("cardd.toml"), configuration(plan, scratch.path()))?;
        let socket = (SOCKET_VARIABLE.to_owned(), pcscd.socket());
        let cardd = Daemon::start(
            &at("cardd.toml"),
            &at("kiosk.sock"),
            &at("cardd.log"),
            socket,
        )?;
        Ok(Self {
            cardd,
            pcscd,
            _rack: rack,
            rack_dir,
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

    /// Name of the PC/SC reader of a slot.
    #[must_use]
    pub fn reader(&self, slot: &str) -> String {
        format!("Sim {slot} 00 00")
    }
}

fn start_rack(plan: &Plan, scratch: &Path) -> io::Result<Rack> {
    let config = plan.rack(&scratch.join("cards"));
    // Challenges of the cards: fixed, so that a failing test fails again.
    let random = Box::new(|| StdRng::seed_from_u64(20_150_501));
    let cards = SimCards::new(config.state_dir.clone(), random);
    let dir = scratch.join("rack");
    let rack = Rack::start(&dir, &config, Box::new(cards)).map_err(io::Error::other)?;
    let readers = scratch.join("readers");
    fs::create_dir_all(&readers)?;
    let stanzas = reader_conf::own_driver(&config.slots, &ifd_socket(&dir), &driver_library()?)
        .map_err(io::Error::other)?;
    fs::write(readers.join("rack"), stanzas)?;
    Ok(rack)
}

fn configuration(plan: &Plan, scratch: &Path) -> String {
    let mut text = format!(
        "terminal_id = \"stand\"\n{}\n[ledger]\ndirectory = {:?}\n[log]\nformat = \"json\"\n\
         filter = \"trace\"\n",
        plan.config,
        scratch.join("ledger")
    );
    for (name, kind) in DESKS {
        let socket = scratch.join(format!("{name}.sock"));
        text.push_str(&format!(
            "[[desk]]\nname = {name:?}\nkind = {kind:?}\nsocket = {socket:?}\n"
        ));
    }
    text
}
