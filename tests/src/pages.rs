//! `hall desk` as a process, and journeys through its pages in a real Chromium.
//!
//! A journey is a script of `tests/browser`. It asks this process for what only the stand can do,
//! one JSON object a line: `{"do": "insert", "slot": "a", "card": "w2"}`; the answer is one line.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufRead as _, BufReader, Read as _, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{browser, daemon::program, stand::Stand};

/// A running `hall desk`. Dropping it ends it.
#[derive(Debug)]
pub struct Pages {
    child: Child,
    log: PathBuf,
    /// Where its first page is, with the token of this start.
    pub url: String,
    /// The same for each page, by name.
    pub pages: Value,
}

impl Pages {
    /// Starts the pages of a desk of the stand, with this configuration, and waits for their address.
    ///
    /// # Errors
    /// It ends before it says where it is.
    pub fn start(stand: &Stand, kind: &str, config: &str) -> io::Result<Self> {
        let (settings, log) = (
            stand.directory().join("desk.toml"),
            stand.directory().join("desk.log"),
        );
        fs::write(&settings, config)?;
        let mut child = Command::new(program("hall")?)
            .arg("--json")
            .arg("--socket")
            .arg(stand.socket(kind))
            .args([
                "desk",
                "--listen",
                "127.0.0.1:0",
                "--kind",
                kind,
                "--config",
            ])
            .arg(&settings)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?)
            .spawn()?;
        let mut line = String::new();
        let out = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        BufReader::new(out).read_line(&mut line)?;
        let said = serde_json::from_str::<Value>(&line).unwrap_or_default();
        let part = |name: &str| said.get(name).cloned().unwrap_or_default();
        let pages = Self {
            child,
            log,
            url: part("url").as_str().unwrap_or_default().to_owned(),
            pages: part("pages"),
        };
        if pages.url.is_empty() {
            return Err(io::Error::other(pages.said()));
        }
        Ok(pages)
    }

    /// `http://HOST:PORT`.
    #[must_use]
    pub fn origin(&self) -> &str {
        let path = self.url.rfind('/').unwrap_or_default();
        self.url.get(..path).unwrap_or_default()
    }

    /// Its process number.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it wrote to standard error.
    #[must_use]
    pub fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

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
    Tries {
        card: String,
    },
    PinsSent,
    Exchanges,
    /// Another server of the kiosk's pages, which runs until the journey ends.
    OpenKiosk,
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
    opened: Vec<Pages>,
    figures: Figures,
}

impl Scene<'_> {
    fn answer(&mut self, ask: Ask) -> io::Result<Value> {
        let mut rack = self.stand.rack()?;
        match ask {
            Ask::Insert { slot, card } => {
                drop(rack.insert(&slot, &card).map_err(io::Error::other)?)
            }
            Ask::Swap { slot, card } => drop(rack.swap(&slot, &card).map_err(io::Error::other)?),
            Ask::Pull { slot } => drop(rack.pull(&slot).map_err(io::Error::other)?),
            Ask::Tries { card } => return Ok(self.stand.tries(&card)?.into()),
            Ask::PinsSent => return Ok(self.stand.pins_sent()?.into()),
            Ask::Exchanges => return Ok(self.stand.last_exchange()?.into()),
            Ask::OpenKiosk => {
                let pages = Pages::start(self.stand, "kiosk", "")?;
                let url = pages.url.clone();
                self.opened.push(pages);
                return Ok(url.into());
            }
            Ask::Figures { figures } => self.figures = figures,
        }
        Ok(Value::Null)
    }
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
