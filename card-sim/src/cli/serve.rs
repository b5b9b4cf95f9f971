//! Commands that stay until they are told to end.

use std::fs;
use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::path::Path;

use rand::SeedableRng;
use rand::rngs::StdRng;
use serde::Serialize;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::args::{Slots, Vpcd};
use super::error::CliError;
use super::output::Output;
use crate::rack::config::Config;
use crate::rack::runtime_dir::{control_socket, ifd_socket};
use crate::rack::server::Rack;
use crate::rack::shelf::{CardMaker, RackCard};
use crate::rack::sim_cards::SimCards;
use crate::vpcd::{self, Plugged};

/// The configuration file, if there is one, with the slots and directory of the command line.
pub(super) fn configuration(slots: &Slots) -> Result<Config, CliError> {
    let mut config = match &slots.config {
        Some(path) => {
            let text = fs::read_to_string(path);
            let text = text.map_err(|e| CliError::ReadConfig(path.clone(), e))?;
            toml::from_str(&text).map_err(crate::rack::config::ConfigError::Toml)?
        }
        None => Config::default(),
    };
    config.slots.extend(slots.slots.iter().cloned());
    if slots.state_dir.is_some() {
        config.state_dir.clone_from(&slots.state_dir);
    }
    Ok(config.checked()?)
}

fn cards(state_dir: Option<&Path>) -> SimCards {
    let random = || StdRng::from_rng(&mut rand::rng());
    SimCards::new(state_dir.map(Path::to_path_buf), Box::new(random))
}

/// `card-sim rack serve`.
pub(super) fn rack<W: Write>(
    dir: &Path,
    slots: &Slots,
    output: &mut Output<'_, W>,
) -> Result<(), CliError> {
    #[derive(Serialize)]
    struct Ready {
        ifd_socket: std::path::PathBuf,
        control_socket: std::path::PathBuf,
        slots: usize,
    }
    let config = configuration(slots)?;
    let mut signals = Signals::new([SIGTERM, SIGINT]).map_err(CliError::Io)?;
    let rack = Rack::start(dir, &config, Box::new(cards(config.state_dir.as_deref())))?;
    let (stop, ends) = (rack.stop_handle(), signals.handle());
    let ready = Ready {
        ifd_socket: ifd_socket(dir),
        control_socket: control_socket(dir),
        slots: config.slots.len(),
    };
    output.answer(
        &ready,
        &format!("serving {} slots at {}", ready.slots, dir.display()),
    )?;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            if signals.forever().next().is_some() {
                stop.ask();
            }
        });
        rack.wait();
        ends.close();
    });
    drop(rack);
    Ok(())
}

/// A card of its own in vpcd.
struct Single(Box<dyn RackCard>, Vec<u8>);

impl Plugged for Single {
    fn power_on(&mut self) {
        self.1 = self.0.power_on();
    }

    fn power_off(&mut self) {
        self.0.power_off();
    }

    fn reset(&mut self) {
        self.1 = self.0.reset();
    }

    fn atr(&mut self) -> Vec<u8> {
        if self.1.is_empty() {
            self.power_on();
        }
        self.1.clone()
    }

    fn execute(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        Some(self.0.execute(command))
    }

    fn answered(&mut self) {}
}

/// `card-sim vpcd`.
pub(super) fn vpcd<W: Write>(args: &Vpcd, output: &mut Output<'_, W>) -> Result<(), CliError> {
    let name = Path::new(&args.card)
        .file_stem()
        .and_then(|name| name.to_str());
    let name = name.unwrap_or(&args.card);
    let card = cards(args.state_dir.as_deref()).make(name, &args.card)?;
    let mut signals = Signals::new([SIGTERM, SIGINT]).map_err(CliError::Io)?;
    let stream = vpcd::connect(args.port).map_err(|e| CliError::Vpcd(args.port, e))?;
    output.answer(
        &args.port,
        &format!("card {} is in vpcd at port {}", args.card, args.port),
    )?;
    let ends = signals.handle();
    std::thread::scope(|scope| {
        scope.spawn(|| unplug_on_signal(&mut signals, &stream));
        let served = vpcd::serve(&stream, &mut Single(card, Vec::new()));
        ends.close();
        served.map_err(CliError::Io)
    })
}

fn unplug_on_signal(signals: &mut Signals, stream: &TcpStream) {
    if signals.forever().next().is_some() {
        let _ended_already = stream.shutdown(Shutdown::Both);
    }
}
