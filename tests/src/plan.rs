//! What a stand is made of, written down before it is started.

use std::{
    ffi::OsString,
    net::TcpListener,
    path::{Path, PathBuf},
};

use card_sim::rack::config::{CardConfig, Config, SlotConfig};

/// The desks of every stand, by name; each listens at `<name>.sock`.
pub const DESKS: [(&str, &str); 4] = [
    ("billing", "billing"),
    ("kiosk", "kiosk"),
    ("counter", "counter"),
    ("hall", "hall"),
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
    /// More lines of its `[ledger]` section.
    pub ledger_lines: String,
    /// Whether Debian's vsmartcard-vpcd shows the slots, in place of our own driver.
    pub stock_reader: bool,
    /// Whether cardd starts before there is a PC/SC service.
    pub service_comes_later: bool,
    /// Directory of the ledger, where it is not the stand's own.
    pub ledger: Option<PathBuf>,
    /// What cardd logs: everything, unless the stand is there to be measured.
    pub log_filter: String,
    /// More of cardd's environment.
    pub environment: Vec<(String, OsString)>,
    /// User that cardd becomes; root starts it.
    pub user: Option<String>,
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
            ledger_lines: String::new(),
            stock_reader: false,
            service_comes_later: false,
            ledger: None,
            log_filter: "trace".to_owned(),
            environment: Vec::new(),
            user: None,
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

    /// With more lines of the `[ledger]` section.
    #[must_use]
    pub fn ledger_lines(mut self, lines: &str) -> Self {
        self.ledger_lines = lines.to_owned();
        self
    }

    /// With the reader of Debian's vsmartcard-vpcd. It has room for one slot.
    #[must_use]
    pub fn stock_reader(mut self) -> Self {
        self.stock_reader = true;
        self
    }

    /// With a PC/SC service that is down when cardd starts.
    #[must_use]
    pub fn service_comes_later(mut self) -> Self {
        self.service_comes_later = true;
        self
    }

    /// With the ledger in this directory.
    #[must_use]
    pub fn ledger(mut self, directory: &Path) -> Self {
        self.ledger = Some(directory.to_owned());
        self
    }

    /// With a log of this filter.
    #[must_use]
    pub fn log_filter(mut self, filter: &str) -> Self {
        self.log_filter = filter.to_owned();
        self
    }

    /// With a variable in cardd's environment.
    #[must_use]
    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// With a cardd that gives up being root for this user.
    #[must_use]
    pub fn user(mut self, name: &str) -> Self {
        self.user = Some(name.to_owned());
        self.config(&format!("[sandbox]\nuser = {name:?}"))
    }

    pub(crate) fn rack(&self, state: &Path) -> Config {
        let slot = |name: &String| SlotConfig {
            name: name.clone(),
            reader: Some(format!("Sim {name}")),
            card: None,
            vpcd_port: self.stock_reader.then(two_free_ports).flatten(),
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

    /// cardd's configuration, everything in `scratch` but the ledger, where it is elsewhere.
    pub(crate) fn cardd(&self, scratch: &Path) -> String {
        let ledger = self.ledger.clone();
        let mut text = format!(
            "terminal_id = \"stand\"\n{}\n[ledger]\ndirectory = {:?}\n{}\n[log]\nformat = \"json\"\n\
             filter = {:?}\n",
            self.config,
            ledger.unwrap_or_else(|| scratch.join("ledger")),
            self.ledger_lines,
            self.log_filter
        );
        for (name, kind) in DESKS {
            let socket = scratch.join(format!("{name}.sock"));
            text.push_str(&format!(
                "[[desk]]\nname = {name:?}\nkind = {kind:?}\nsocket = {socket:?}\n"
            ));
        }
        text
    }
}

/// Two adjacent free ports: vpcd listens at both.
fn two_free_ports() -> Option<u16> {
    let free = |port| TcpListener::bind(("0.0.0.0", port)).is_ok();
    (0..100).find_map(|_| {
        let any = TcpListener::bind("127.0.0.1:0").ok()?;
        let port = any.local_addr().ok()?.port();
        drop(any);
        (port < u16::MAX && free(port) && free(port + 1)).then_some(port)
    })
}
