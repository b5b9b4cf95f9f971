//! What only the issuer can have a card do (LD/T 32.5): the keys and their answers come from the
//! hall, and pass through here without being understood.

use zeroize::Zeroizing;

use super::{Card, CardError, ChannelError, Reached};
use crate::apdu::{Command, StatusWord};
use crate::ledger::Intent;

/// Length in bytes of a challenge, of authentication data and of the text that goes with them.
pub const BLOCK_BYTES: usize = 8;

/// A random number of the card. Good once.
pub type Challenge = [u8; BLOCK_BYTES];

/// A key of the SSSE environment that EXTERNAL AUTHENTICATION can prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssuerKey {
    /// RKSSSE, KID 0A: reads what the third generation protects.
    Read,
    /// PUK 个人密码解锁密钥, KID 06: the right to PIN CHANGE/UNBLOCK.
    Unblock,
}

impl IssuerKey {
    fn identifier(self) -> u8 {
        match self {
            Self::Read => 0x0A,
            Self::Unblock => 0x06,
        }
    }
}

/// The hall's answer to a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authentication {
    /// Computed with the key.
    pub data: [u8; BLOCK_BYTES],
    /// The clear text that it was computed from.
    pub original: [u8; BLOCK_BYTES],
}

/// PIN CHANGE/UNBLOCK as the hall computed it.
#[derive(Debug)]
pub struct IssuerMessage {
    effect: IssuerEffect,
    data: Zeroizing<Vec<u8>>,
}

/// What a message does to the PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssuerEffect {
    /// P2 00: the counter is restored, the PIN stays.
    Unblock,
    /// P2 01 with a PIN block: a new PIN is stored and the counter restored.
    Reload,
}

/// Bytes that are no such command. The hall is not a way to send a card anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a PIN CHANGE/UNBLOCK command")]
pub struct NotAnIssuerMessage;

impl IssuerMessage {
    /// Takes a whole command apart. Permitted are exactly: unblock (MAC), reload with a PIN block
    /// of 8 bytes (DES) or 16 bytes (SM4, SSF33) and MAC. Removing the PIN (P2 01 without a
    /// block) is not.
    ///
    /// # Errors
    /// [`NotAnIssuerMessage`].
    pub fn parse(command: &[u8]) -> Result<Self, NotAnIssuerMessage> {
        let (header, data) = command.split_first_chunk::<5>().ok_or(NotAnIssuerMessage)?;
        let effect = match header {
            [0x84, 0x24, 0x00, 0x00, 0x04] => IssuerEffect::Unblock,
            [0x84, 0x24, 0x00, 0x01, 0x0C | 0x14] => IssuerEffect::Reload,
            _other => return Err(NotAnIssuerMessage),
        };
        let [.., lc] = header;
        if data.len() != usize::from(*lc) {
            return Err(NotAnIssuerMessage);
        }
        Ok(Self {
            effect,
            data: Zeroizing::new(data.to_vec()),
        })
    }

    /// What it does.
    #[must_use]
    pub fn effect(&self) -> IssuerEffect {
        self.effect
    }

    fn command(&self) -> Command {
        let p2 = match self.effect {
            IssuerEffect::Unblock => 0x00,
            IssuerEffect::Reload => 0x01,
        };
        Command::new(0x84, 0x24, 0x00, p2).with_data(self.data.clone())
    }
}

/// Why an issuer command had no effect. The counter of a key is never the PIN's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IssuerFailure {
    /// The key did not match; the key's own counter went down.
    #[error("the card rejected the key, {remaining} tries of it left")]
    KeyRejected {
        /// Tries of the key left.
        remaining: u8,
    },
    /// No try of the key is left.
    #[error("the key is blocked")]
    KeyBlocked,
    /// MAC or PIN block wrong (6988, 6A80), or the challenge used up (6984), or the right to the
    /// command missing (6982).
    #[error("the card rejected the message with {0}")]
    MessageRejected(StatusWord),
    /// Anything else.
    #[error("the card refused with {0}")]
    Refused(StatusWord),
    /// No answer; the command may have had its effect.
    #[error("in doubt: {0}")]
    InDoubt(ChannelError),
    /// The command did not reach the card.
    #[error("not sent: {0}")]
    NotSent(ChannelError),
}

impl Card<'_> {
    /// GET CHALLENGE.
    ///
    /// # Errors
    /// [`CardError`].
    pub fn challenge(&mut self) -> Result<Challenge, CardError> {
        let ask = Command::new(0x00, 0x84, 0x00, 0x00).with_le(0x08);
        let answer = self.read_command(ask)?;
        match answer.status_word {
            StatusWord::OK => answer
                .data
                .as_slice()
                .try_into()
                .map_err(|_| CardError::Refused(answer.status_word)),
            other => Err(CardError::Refused(other)),
        }
    }

    /// EXTERNAL AUTHENTICATION: proves the key to the card. A failure costs a try of the key.
    ///
    /// # Errors
    /// [`IssuerFailure`].
    pub fn authenticate(
        &mut self,
        intent: &Intent,
        key: IssuerKey,
        authentication: &Authentication,
    ) -> Result<(), IssuerFailure> {
        let mut data = Zeroizing::new(Vec::with_capacity(2 * BLOCK_BYTES));
        data.extend_from_slice(&authentication.data);
        data.extend_from_slice(&authentication.original);
        let command = Command::new(0x00, 0x82, 0x00, key.identifier()).with_data(data);
        let answer = self.send_for_issuer(intent, &command)?;
        match (answer, answer.tries_left()) {
            (StatusWord::OK, _) => Ok(()),
            (StatusWord::METHOD_BLOCKED, _) | (_, Some(0)) => Err(IssuerFailure::KeyBlocked),
            (_, Some(remaining)) => Err(IssuerFailure::KeyRejected { remaining }),
            (StatusWord::REFERENCE_DATA_UNUSABLE, None) => {
                Err(IssuerFailure::MessageRejected(answer))
            }
            (other, None) => Err(IssuerFailure::Refused(other)),
        }
    }

    /// PIN CHANGE/UNBLOCK: one command, never repeated.
    ///
    /// # Errors
    /// [`IssuerFailure`].
    pub fn issuer_message(
        &mut self,
        intent: &Intent,
        message: &IssuerMessage,
    ) -> Result<(), IssuerFailure> {
        let answer = self.send_for_issuer(intent, &message.command())?;
        match answer {
            StatusWord::OK => Ok(()),
            StatusWord::SM_DATA_INCORRECT
            | StatusWord::INCORRECT_DATA
            | StatusWord::REFERENCE_DATA_UNUSABLE
            | StatusWord::SECURITY_NOT_SATISFIED => Err(IssuerFailure::MessageRejected(answer)),
            StatusWord::METHOD_BLOCKED => Err(IssuerFailure::KeyBlocked),
            other => Err(IssuerFailure::Refused(other)),
        }
    }

    fn send_for_issuer(
        &mut self,
        intent: &Intent,
        command: &Command,
    ) -> Result<StatusWord, IssuerFailure> {
        self.send(intent, command)
            .map_err(|error| match error.reached() {
                Reached::No => IssuerFailure::NotSent(error),
                Reached::Unknown => IssuerFailure::InDoubt(error),
            })
    }
}
