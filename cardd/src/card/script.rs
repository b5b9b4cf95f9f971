//! A channel that follows a script, for tests.

use std::collections::VecDeque;

use super::{CardChannel, ChannelError};
use crate::apdu::{Command, Response};

/// A dialogue `> command < answer`, in hexadecimal with spaces as one likes. A command that
/// differs, or comes after the end, fails the test.
pub(super) struct Script {
    steps: VecDeque<Step>,
    historical_bytes: Vec<u8>,
}

/// A command as it must come, and what comes back.
type Step = (Vec<u8>, Result<Vec<u8>, ChannelError>);

impl Script {
    pub(super) fn parse(dialogue: &str) -> Self {
        let bytes = |text: &str| hex::decode(text.replace(char::is_whitespace, "")).unwrap();
        let steps = dialogue.split('>').skip(1).map(|step| {
            let (command, answer) = step.split_once('<').unwrap();
            (bytes(command), Ok(bytes(answer)))
        });
        Self {
            steps: steps.collect(),
            historical_bytes: hex::decode("000053494D8600420100000001").unwrap(),
        }
    }

    /// The next step: the command gets no answer.
    pub(super) fn then_fails(mut self, command: &str, error: ChannelError) -> Self {
        self.steps
            .push_back((hex::decode(command).unwrap(), Err(error)));
        self
    }

    /// Appends another dialogue.
    pub(super) fn then(mut self, dialogue: &str) -> Self {
        self.steps.extend(Self::parse(dialogue).steps);
        self
    }

    pub(super) fn assert_done(&self) {
        assert!(self.steps.is_empty(), "not asked for: {:02X?}", self.steps);
    }
}

impl CardChannel for Script {
    fn historical_bytes(&self) -> &[u8] {
        &self.historical_bytes
    }

    fn transmit(&mut self, command: &Command) -> Result<Response, ChannelError> {
        let sent = command.to_bytes().ok_or(ChannelError::CommandTooLong)?;
        let (expected, answer) = self.steps.pop_front().expect("a command after the end");
        assert_eq!(hex::encode_upper(&*sent), hex::encode_upper(expected));
        Ok(Response::parse(&answer?)?)
    }
}
