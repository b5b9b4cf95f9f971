//! A rack with scripted cards under a private pcscd.

pub(crate) mod client;

use std::fs;
use std::path::{Path, PathBuf};

use card_sim::rack::client::Client;
use card_sim::rack::config::{CardConfig, Config, SlotConfig};
use card_sim::rack::reader_conf;
use card_sim::rack::runtime_dir::ifd_socket;
use card_sim::rack::server::Rack;
use card_sim::rack::shelf::{CardMaker, CounterView, Inspection, MakeError, PinView, RackCard};
use card_sim::rack::sim_cards::SimCards;
use card_sim::virtual_card::VirtualCard;
use cardd_tests::pcscd::{PrivatePcscd, driver_library, stock_driver_library};
use rand::SeedableRng;
use rand::rngs::StdRng;

/// T=0, one historical byte.
pub(crate) const ATR: &[u8] = &[0x3B, 0x01, 0x53];

/// Times that the card `late` is silent.
pub(crate) const LATE: u8 = 3;

/// A command whose data comes back.
pub(crate) const ECHO: &[u8] = &[0x80, 0xEE, 0, 0, 3, 1, 2, 3];

/// A VERIFY with a wrong PIN.
pub(crate) const VERIFY: &[u8] = &[0x00, 0x20, 0, 0, 3, 0x99, 0x99, 0x99];

/// An extended command with 60 000 bytes that come back.
pub(crate) fn extended_echo() -> Vec<u8> {
    let mut command = vec![0x80, 0xEE, 0, 0, 0, 0xEA, 0x60];
    command.resize(7 + 60_000, 0x5A);
    command
}

/// Echoes, and counts wrong PINs.
struct Scripted {
    left: u8,
    /// Times that it gets power and gives no answer to reset.
    silent_power_ups: u8,
    /// Whether it gives no answer to a warm reset.
    deaf: bool,
}

impl VirtualCard for Scripted {
    fn power_on(&mut self) -> Vec<u8> {
        if self.silent_power_ups > 0 {
            self.silent_power_ups -= 1;
            return Vec::new();
        }
        ATR.to_vec()
    }

    fn power_off(&mut self) {}

    fn reset(&mut self) -> Vec<u8> {
        if self.deaf {
            return Vec::new();
        }
        ATR.to_vec()
    }

    fn execute(&mut self, command: &[u8]) -> Vec<u8> {
        match command {
            [0x80, 0xEE, 0, 0, 0, _, _, data @ ..] | [0x80, 0xEE, 0, 0, _, data @ ..] => {
                [data, &[0x90, 0]].concat()
            }
            [0, 0x20, ..] => {
                self.left = self.left.saturating_sub(1);
                vec![0x63, 0xC0 | self.left]
            }
            _ => vec![0x6D, 0x00],
        }
    }
}

impl card_sim::faults::Faultable for Scripted {}

impl RackCard for Scripted {
    fn inspect(&self) -> Inspection {
        let pin = if self.left == 0 {
            PinView::Blocked
        } else {
            PinView::Set
        };
        let counter = CounterView {
            name: "pin".into(),
            left: self.left,
            limit: 3,
        };
        Inspection {
            pin,
            pin_right: false,
            key_rights: Vec::new(),
            counters: vec![counter],
            blocked_applications: Vec::new(),
            card_blocked: false,
        }
    }
}

struct Maker;

impl CardMaker for Maker {
    fn personas(&self) -> Vec<String> {
        ["scripted", "other", "late", "deaf"]
            .map(String::from)
            .into()
    }

    fn make(&self, _name: &str, persona: &str) -> Result<Box<dyn RackCard>, MakeError> {
        Ok(Box::new(Scripted {
            left: 3,
            silent_power_ups: if persona == "late" { LATE } else { 0 },
            deaf: persona == "deaf",
        }))
    }
}

/// What makes the cards of a rack.
type MakeMaker = fn() -> Box<dyn CardMaker>;

/// A rack under a pcscd.
pub(crate) struct Stage {
    config: Config,
    maker: MakeMaker,
    dir: PathBuf,
    rack: Option<Rack>,
    pub(crate) pcscd: PrivatePcscd,
}

impl Stage {
    /// Slots `s0`, `s1`, …, cards `card0`, `card1`, … and the personas `scripted` and `other`.
    pub(crate) fn set(run: &Path, slots: usize) -> Self {
        Self::build(run, scripted(slots), || Box::new(Maker), true)
    }

    /// As [`Stage::set`], but the rack is still to come.
    pub(crate) fn without_rack(run: &Path, slots: usize) -> Self {
        Self::build(run, scripted(slots), || Box::new(Maker), false)
    }

    /// Simulated social security cards.
    pub(crate) fn with_cards(run: &Path, config: Config) -> Self {
        Self::build(run, config, sim_cards, true)
    }

    fn build(run: &Path, config: Config, maker: MakeMaker, with_rack: bool) -> Self {
        let dir = run.join("rack");
        let rack = with_rack.then(|| Rack::start(&dir, &config, maker()).unwrap());
        let readers = run.join("readers");
        fs::create_dir_all(&readers).unwrap();
        let library = driver_library().unwrap();
        let own = reader_conf::own_driver(&config.slots, &ifd_socket(&dir), &library).unwrap();
        let stock = reader_conf::stock_driver(&config.slots, stock_driver_library());
        fs::write(readers.join("rack"), [own, stock].concat()).unwrap();
        let pcscd = PrivatePcscd::start_at(run, &readers).unwrap();
        Self {
            config,
            maker,
            dir,
            rack,
            pcscd,
        }
    }

    pub(crate) fn client(&self) -> Client {
        Client::connect(&self.dir).unwrap()
    }

    pub(crate) fn stop_rack(&mut self) {
        self.rack = None;
    }

    pub(crate) fn start_rack(&mut self) {
        self.rack = Some(Rack::start(&self.dir, &self.config, (self.maker)()).unwrap());
    }
}

fn sim_cards() -> Box<dyn CardMaker> {
    Box::new(SimCards::new(None, Box::new(|| StdRng::seed_from_u64(1))))
}

fn scripted(count: usize) -> Config {
    let slot = |i| SlotConfig {
        name: format!("s{i}"),
        reader: None,
        card: None,
        vpcd_port: None,
    };
    let card = |i| CardConfig {
        name: format!("card{i}"),
        persona: "scripted".into(),
    };
    Config {
        state_dir: None,
        slots: (0..count).map(slot).collect(),
        cards: (0..count).map(card).collect(),
    }
}
