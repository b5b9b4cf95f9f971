//! The command line.

use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, Parser, Subcommand};

use crate::rack::config::SlotConfig;
use crate::rack::control::Until;
use crate::rack::plan::{HoldPhase, PullPhase, When};

const EXIT_CODES: &str = "Exit codes:
  0  done
  1  the rack refuses: a card is in the slot already, there is none, no such name, ...
  2  the command line is wrong
  3  no rack answers
  4  what was waited for did not come in time
  5  the rack cannot start, or a file cannot be read or written";

/// Software social security cards in the readers of a real pcscd.
#[derive(Debug, Parser)]
#[command(name = "card-sim", version, after_help = EXIT_CODES)]
pub(super) struct Args {
    /// Print JSON, one value a line.
    #[arg(long, global = true)]
    pub(super) json: bool,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// A rack of slots that pcscd shows as readers.
    Rack(RackArgs),
    /// Plug one card into Debian's vsmartcard-vpcd until it is told to end.
    Vpcd(Vpcd),
    /// List the ready personas.
    Personas,
    /// Print a completion script.
    Completions {
        /// For this shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, ClapArgs)]
pub(super) struct RackArgs {
    /// Directory of the rack's sockets.
    #[arg(
        long,
        env = "CARD_SIM_DIR",
        default_value = "/run/card-sim",
        global = true
    )]
    pub(super) dir: PathBuf,
    #[command(subcommand)]
    pub(super) command: RackCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum RackCommand {
    /// Host the slots until told to end (stop, SIGTERM, SIGINT).
    Serve(Slots),
    /// Print the reader.conf stanzas that make pcscd show the slots.
    ReaderConf(ReaderConf),
    #[command(flatten)]
    Ask(Question),
}

/// Which slots a rack has.
#[derive(Debug, ClapArgs)]
pub(super) struct Slots {
    /// Configuration file (rack.toml).
    #[arg(long, required_unless_present = "slots")]
    pub(super) config: Option<PathBuf>,
    /// A slot, empty or with a card of that persona in it; can be given up to 16 times.
    #[arg(long = "slot", value_name = "NAME[=PERSONA]")]
    pub(super) slots: Vec<SlotConfig>,
    /// Directory where cards keep their state; without it they forget when the rack ends.
    #[arg(long = "state", value_name = "DIR")]
    pub(super) state_dir: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(super) struct ReaderConf {
    #[command(flatten)]
    pub(super) slots: Slots,
    /// The slots with a vpcd_port, for Debian's vsmartcard-vpcd.
    #[arg(long)]
    pub(super) vpcd: bool,
    /// File of the driver library.
    #[arg(long, value_name = "FILE")]
    library: Option<PathBuf>,
}

impl ReaderConf {
    pub(super) fn library(&self) -> &Path {
        match &self.library {
            Some(library) => library,
            None if self.vpcd => Path::new("/usr/lib/pcsc/drivers/serial/libifdvpcd.so"),
            None => Path::new("/usr/lib/pcsc/drivers/serial/libifdcardsim.so"),
        }
    }
}

#[derive(Debug, ClapArgs)]
pub(super) struct Vpcd {
    /// Port on this machine where vpcd listens.
    #[arg(long, default_value_t = 35_963)]
    pub(super) port: u16,
    /// Persona of the card.
    #[arg(long, value_name = "PERSONA")]
    pub(super) card: String,
    /// Directory where the card keeps its state; without it the card forgets.
    #[arg(long = "state", value_name = "DIR")]
    pub(super) state_dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Question {
    /// Push a card in; a persona's name makes a new card of it.
    Insert {
        /// Slot.
        slot: String,
        /// Card or persona.
        card: String,
    },
    /// Pull the card, now or at a command to come.
    Pull {
        /// Slot.
        slot: String,
        #[command(flatten)]
        when: OptionalWhen,
        /// Before the card gets the command, while it works, or after the reader has the answer.
        #[arg(long, value_enum, default_value = "during")]
        phase: PullPhase,
    },
    /// Pull the card and push another one in.
    Swap {
        /// Slot.
        slot: String,
        /// Card or persona.
        card: String,
    },
    /// Show attempts, blocks and resets of a card.
    Inspect {
        /// Slot or card.
        name: String,
    },
    /// Hold a command to come until it is released.
    Hold {
        /// Slot.
        slot: String,
        /// The next command with this instruction byte, such as 20 or 0x20.
        #[arg(value_name = "INS", value_parser = instruction)]
        ins: u8,
        /// Hold the command before the card gets it, or the answer.
        #[arg(long, value_enum, default_value = "answer")]
        phase: HoldPhase,
    },
    /// Let the held command go on.
    Release {
        /// Slot.
        slot: String,
    },
    /// Add faults at commands to come: pulls, power cuts, silence, lies and more.
    #[command(group = clap::ArgGroup::new("faults").required(true))]
    Fault {
        /// Slot.
        slot: String,
        /// A plan in TOML; its form is documented in `card_sim::faults`.
        #[arg(long, value_name = "FILE", group = "faults")]
        plan: Option<PathBuf>,
        /// A plan made of this number: the same each time.
        #[arg(long, value_name = "N", group = "faults")]
        seed: Option<u64>,
        /// How many faults a seed makes.
        #[arg(long, default_value_t = 4, value_name = "COUNT")]
        count: usize,
    },
    /// Forget all faults to come.
    Clear {
        /// Slot.
        slot: String,
    },
    /// Wait until a slot is in a state.
    Wait {
        /// Slot.
        slot: String,
        /// State.
        #[arg(value_enum)]
        until: Until,
        /// Longest wait in milliseconds, at most ten minutes.
        #[arg(long, default_value_t = 10_000)]
        timeout_ms: u64,
    },
    /// Print the APDUs exchanged; data that could be a PIN is never recorded.
    Wire {
        /// Go on with those to come.
        #[arg(long)]
        follow: bool,
        /// Also print data where it is public.
        #[arg(long)]
        data: bool,
    },
    /// List the slots.
    List,
    /// End the rack.
    Stop,
}

/// Which command to come, if not now.
#[derive(Debug, ClapArgs)]
#[group(multiple = false)]
pub(super) struct OptionalWhen {
    /// At the n-th command from now, the next one being 1.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    at_apdu: Option<u32>,
    /// At the next command with this instruction byte, such as 20 or 0x20.
    #[arg(long, value_name = "INS", value_parser = instruction)]
    at_ins: Option<u8>,
}

impl OptionalWhen {
    pub(super) fn get(&self) -> Option<When> {
        self.at_apdu.map(When::Apdu).or(self.at_ins.map(When::Ins))
    }
}

/// Instruction bytes are hexadecimal everywhere in the standards.
fn instruction(text: &str) -> Result<u8, String> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    u8::from_str_radix(digits, 16).map_err(|_| "not a byte in hexadecimal".to_owned())
}
