//! The channel to a card over one PC/SC transaction.

use pcsc::{MAX_BUFFER_SIZE, Protocol};
use zeroize::{Zeroize, Zeroizing};

use super::{
    atr::historical_bytes, fault::Fault, framing::framed, gate::Gate, service::Exchange,
    watch::Look,
};
use crate::{
    apdu::{Command, Response},
    card::{CardChannel, ChannelError, Reached},
};

/// The channel. After an error that leaves the card in an unknown state it sends nothing more.
pub(super) struct PcscChannel<'a> {
    card: &'a mut dyn Exchange,
    gate: &'a Gate<'a>,
    stay: Look,
    protocol: Protocol,
    historical_bytes: Vec<u8>,
    /// Always as large as PC/SC goes: with a smaller one, a command is executed and its answer
    /// is lost.
    receive: Zeroizing<Vec<u8>>,
    broken: Option<Fault>,
}

impl<'a> PcscChannel<'a> {
    /// The channel of a transaction to the card that was seen in `stay`.
    pub(super) fn open(
        card: &'a mut dyn Exchange,
        gate: &'a Gate<'a>,
        stay: Look,
    ) -> Result<Self, Fault> {
        let (protocol, atr) = card.status().map_err(Fault::of)?;
        let protocol = match protocol {
            Some(protocol @ (Protocol::T0 | Protocol::T1)) => protocol,
            Some(Protocol::RAW) | None => return Err(Fault::Mute),
        };
        Ok(Self {
            card,
            gate,
            stay,
            protocol,
            historical_bytes: historical_bytes(&atr).to_vec(),
            receive: Zeroizing::new(vec![0; MAX_BUFFER_SIZE]),
            broken: None,
        })
    }

    /// What ended the use of this channel, if anything did.
    pub(super) fn broken(&self) -> Option<Fault> {
        self.broken
    }

    fn fail(&mut self, error: pcsc::Error) -> ChannelError {
        let mut fault = Fault::of(error);
        if fault == Fault::BrokenOff {
            fault = self.gate.why_broken_off(self.stay);
        }
        self.broken = Some(fault);
        fault.channel_error(Reached::Unknown)
    }
}

impl CardChannel for PcscChannel<'_> {
    fn historical_bytes(&self) -> &[u8] {
        &self.historical_bytes
    }

    fn transmit(&mut self, command: &Command) -> Result<Response, ChannelError> {
        if let Some(fault) = self.broken {
            return Err(fault.channel_error(Reached::No));
        }
        let bytes = command.to_bytes().ok_or(ChannelError::CommandTooLong)?;
        let bytes = framed(self.protocol, bytes);
        let parsed = match self.card.transmit(&bytes, &mut self.receive) {
            Ok(answer) => Response::parse(answer),
            Err(error) => return Err(self.fail(error)),
        };
        self.receive.as_mut_slice().zeroize();
        parsed.map_err(|malformed| {
            self.broken = Some(Fault::BrokenOff);
            ChannelError::Malformed(malformed)
        })
    }
}
