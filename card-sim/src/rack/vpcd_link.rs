//! A reader of Debian's vsmartcard-vpcd, which listens; a card in the slot is a connection to it.

use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use ifdcardsim::frame::Failure;

use super::server::Stopping;
use super::slot::{Answer, Reader, Slot};
use crate::vpcd::{self, Plugged};

/// Pause between two attempts to reach vpcd.
const RETRY: Duration = Duration::from_millis(100);

/// Longest wait for a card before looking again; a stop wakes it earlier.
const IDLE: Duration = Duration::from_secs(60);

/// Ends the connection when the card leaves: that is how vpcd learns of it.
struct Plug(TcpStream);

impl Reader for Plug {
    fn card_changed(&self, present: bool) {
        if !present {
            let _ended_already = self.0.shutdown(Shutdown::Both);
        }
    }
}

/// The slot's card as vpcd asks for it.
struct SlotCard<'a> {
    slot: &'a Slot,
    answer: Option<Answer>,
}

impl Plugged for SlotCard<'_> {
    fn power_on(&mut self) {
        let _seen_in_the_atr = self.slot.power_up();
    }

    fn power_off(&mut self) {
        self.slot.power_down();
    }

    fn reset(&mut self) {
        let _seen_in_the_atr = self.slot.reset();
    }

    fn atr(&mut self) -> Vec<u8> {
        let atr = self.slot.atr();
        // There is no ATR without power.
        if atr.is_empty() {
            self.slot.power_up().unwrap_or_default()
        } else {
            atr
        }
    }

    fn execute(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        let mut answer = self.slot.transmit(command);
        let response = match &mut answer.response {
            Ok(response) => Some(std::mem::take(&mut **response)),
            // Without any answer vpcd would wait for ever.
            Err(Failure::Mute) => Some(Vec::new()),
            Err(Failure::NoCard | Failure::NotPowered | Failure::Interrupted) => None,
        };
        self.answer = Some(answer);
        response
    }

    fn answered(&mut self) {
        if let Some(answer) = self.answer.take() {
            self.slot.answered(&answer);
        }
    }
}

/// Keeps the slot plugged in while it holds a card, until the rack stops.
pub(super) fn run(slot: &Arc<Slot>, port: u16, stopping: &Stopping) {
    while !stopping.asked() {
        let ready = slot.wait_until(IDLE, |view| view.card.is_some() || stopping.asked());
        if ready.is_none() || stopping.asked() {
            continue;
        }
        if let Err(e) = plug_in(slot, port) {
            tracing::debug!(error = %e, port, "vpcd is not there");
        }
        stopping.wait(RETRY);
    }
}

fn plug_in(slot: &Arc<Slot>, port: u16) -> std::io::Result<()> {
    let stream = vpcd::connect(port)?;
    let Ok(link) = slot.attach(Arc::new(Plug(stream.try_clone()?))) else {
        return Ok(());
    };
    let served = vpcd::serve(&stream, &mut SlotCard { slot, answer: None });
    slot.detach(link);
    let _ended_already = stream.shutdown(Shutdown::Both);
    served
}
