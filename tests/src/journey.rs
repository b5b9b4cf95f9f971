//! Journeys through a desk's pages in a real Chromium: scripts of `tests/browser`.
//!
//! A script asks this process for what only the stand can do, one JSON object a line:
//! `{"do": "insert", "slot": "a", "card": "w2"}`; the answer is one line.

use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    io::{self, BufRead as _, BufReader, Read as _, Write},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use card_sim::rack::{
    control::PullAt,
    plan::{HoldPhase, PullPhase, When},
};
use hall_client::{Reason, Terminal};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    browser, counted,
    desk::Desk,
    hospital,
    memory::{Canary, search},
    pages::Pages,
    stand::Stand,
};

/// What a journey asks for.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Ask {
    Insert {
        slot: String,
        card: String,
    },
    Swap {
        slot: String,
        card: String,
    },
    Pull {
        slot: String,
    },
    /// Pulls the card while it works on the next command of this instruction.
    PullAt {
        slot: String,
        ins: u8,
    },
    /// Holds the card's answer to the next command of this instruction.
    Hold {
        slot: String,
        ins: u8,
    },
    Release {
        slot: String,
    },
    Tries {
        card: String,
    },
    /// Of the PIN and of the unblock key.
    Counters {
        card: String,
    },
    PinsSent,
    Exchanges,
    /// Somebody types this wrong PIN at the billing desk, where no page is.
    WrongPin {
        slot: String,
        pin: String,
    },
    /// Staff open the unattended desks again.
    ReopenKiosks,
    /// Another server of the kiosk's pages, which runs until it is closed or the journey ends.
    OpenKiosk,
    /// The servers that were opened end.
    CloseKiosks,
    /// What a hospital system finds about a receipt for this bill; a good one is used up.
    CheckReceipt {
        receipt: String,
        reference: String,
        amount_fen: u64,
    },
    /// A hospital system hands over the terminal's word that a receipt is void.
    TakeCancellation {
        signed: String,
    },
    /// How many pieces of sixteen digits stand in the memory of these processes and of the desk's
    /// server, in this order.
    Search {
        digits: String,
        pids: Vec<u32>,
    },
    Figures {
        figures: Figures,
    },
}

/// What a journey measured, in milliseconds, by name.
pub type Figures = BTreeMap<String, Vec<f64>>;

/// Plays a script of `tests/browser` with the pages of a stand; `more` is handed to it. Answers what
/// it measured, if it measured anything.
///
/// # Errors
/// The script fails; what it wrote is in the error.
pub fn play(script: &str, stand: &Stand, pages: &Pages, more: &Value) -> io::Result<Figures> {
    let mut scene = Scene {
        stand,
        pages,
        opened: Vec::new(),
        figures: Figures::new(),
    };
    let mut node = browser::spawn(&[script])?;
    let mut to = node.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let from = node.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    say(
        &mut to,
        &json!({ "url": pages.url, "pages": pages.pages, "screens": screens(), "more": more }),
    )?;
    for line in BufReader::new(from).lines() {
        let answer = match serde_json::from_str(&line?).map_err(io::Error::other) {
            Ok(ask) => scene.answer(ask).map_or_else(
                |error| json!({ "error": error.to_string() }),
                |value| json!({ "value": value }),
            ),
            Err(error) => json!({ "error": error.to_string() }),
        };
        say(&mut to, &answer)?;
    }
    let mut complaint = String::new();
    if let Some(mut err) = node.stderr.take() {
        err.read_to_string(&mut complaint)?;
    }
    let status = node.wait()?;
    if status.success() {
        return Ok(scene.figures);
    }
    Err(io::Error::other(format!("{script}: {status}\n{complaint}")))
}

fn say(to: &mut impl Write, value: &Value) -> io::Result<()> {
    writeln!(to, "{value}")?;
    to.flush()
}

/// What a journey may reach for beyond its page.
struct Scene<'s> {
    stand: &'s Stand,
    pages: &'s Pages,
    opened: Vec<Pages>,
    figures: Figures,
}

impl Scene<'_> {
    fn answer(&mut self, ask: Ask) -> io::Result<Value> {
        let mut rack = self.stand.rack()?;
        let told = match ask {
            Ask::Insert { slot, card } => rack.insert(&slot, &card).map(drop),
            Ask::Swap { slot, card } => rack.swap(&slot, &card).map(drop),
            Ask::Pull { slot } => rack.pull(&slot).map(drop),
            Ask::PullAt { slot, ins } => {
                let (when, phase) = (When::Ins(ins), PullPhase::During);
                rack.pull_at(&slot, PullAt { when, phase })
            }
            Ask::Hold { slot, ins } => rack.hold(&slot, When::Ins(ins), HoldPhase::Answer),
            Ask::Release { slot } => rack.release(&slot),
            Ask::Tries { card } => return Ok(self.stand.tries(&card)?.into()),
            Ask::Counters { card } => {
                let (pin, key) = counted::tries(self.stand, &card)?;
                return Ok(json!([pin, key]));
            }
            Ask::PinsSent => return Ok(self.stand.pins_sent()?.into()),
            Ask::Exchanges => return Ok(self.stand.last_exchange()?.into()),
            Ask::WrongPin { slot, pin } => return self.wrong_pin(&slot, &pin).map(Value::from),
            Ask::ReopenKiosks => return self.reopen_kiosks().map(Value::from),
            Ask::OpenKiosk => {
                let pages = Pages::start(self.stand, "kiosk", &slips(self.stand))?;
                let url = pages.url.clone();
                self.opened.push(pages);
                return Ok(url.into());
            }
            Ask::CloseKiosks => {
                self.opened.clear();
                Ok(())
            }
            Ask::CheckReceipt {
                receipt,
                reference,
                amount_fen,
            } => {
                let bill = (reference.as_str(), amount_fen);
                return hospital::judge(self.stand, &receipt, bill).map(Value::from);
            }
            Ask::TakeCancellation { signed } => {
                return hospital::take_cancellation(self.stand, &signed).map(Value::from);
            }
            Ask::Search { digits, pids } => return Ok(self.search(&digits, &pids)?.into()),
            Ask::Figures { figures } => {
                self.figures = figures;
                Ok(())
            }
        };
        told.map_err(io::Error::other)?;
        Ok(Value::Null)
    }

    /// Answers what cardd said.
    fn wrong_pin(&self, slot: &str, pin: &str) -> io::Result<&'static str> {
        let reader = self.stand.reader(slot);
        let typed = async {
            let mut desk = Desk::at(self.stand, "billing").await?;
            let insertion = desk.card(&reader).await?;
            Ok::<_, Box<dyn Error>>(desk.verify((&reader, insertion), pin, false).await)
        };
        let verified = runtime()?.block_on(typed);
        let refused = verified.map_err(|error| io::Error::other(error.to_string()))?;
        let reason = refused.err().and_then(|error| error.reason());
        reason
            .map(Reason::code)
            .ok_or_else(|| io::Error::other("it was right"))
    }

    /// Answers whether they were closed.
    fn reopen_kiosks(&self) -> io::Result<bool> {
        let reopened = async {
            let counter = Terminal::connect(self.stand.socket("counter")).await?;
            counter.reopen_kiosks().await
        };
        let reopened = runtime()?.block_on(reopened);
        reopened
            .map(|record| record.is_some())
            .map_err(io::Error::other)
    }

    fn search(&self, digits: &str, pids: &[u32]) -> io::Result<Vec<usize>> {
        let canary = Canary::typed(digits).ok_or_else(|| io::Error::other("sixteen digits"))?;
        let canaries = [canary];
        let server = self.pages.pid();
        let all = pids.iter().chain([&server]);
        all.map(|pid| search(*pid, &canaries).map(|found| found.len()))
            .collect()
    }
}

/// The settings of a desk with the agency's key for slips, where the stand has one (see [`give_slip_key`]).
#[must_use]
pub fn slips(stand: &Stand) -> String {
    let key = slip_key(stand);
    if key.is_file() {
        format!("[slip]\nkey_file = {key:?}\n")
    } else {
        String::new()
    }
}

fn slip_key(stand: &Stand) -> PathBuf {
    stand.directory().join("slip.key")
}

/// Gives the stand's desks a key for slips, made up for tests.
///
/// # Errors
/// The file cannot be written.
pub fn give_slip_key(stand: &Stand) -> io::Result<()> {
    let key = slip_key(stand);
    fs::write(&key, "11".repeat(32))?;
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600))
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Runtime::new()
}

/// Where screenshots are kept: the repository's own if `KEEP_SCREENS` is set, else nowhere.
fn screens() -> Option<PathBuf> {
    std::env::var_os("KEEP_SCREENS")?;
    Some(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()?
            .join("docs/screens"),
    )
}
