//! Completing an answer over T=0 (ISO 7816-3, 12.2; PC/SC leaves it to the host).

use zeroize::Zeroizing;

use super::{CardChannel, ChannelError};
use crate::apdu::{Command, MalformedResponse, Response, StatusWord};

/// A command that may be repeated: it reads, costs no try and changes nothing.
///
/// PIN commands are never wrapped in it. An empty VERIFY repeated with the Le of a `6Cxx` would
/// be a VERIFY that waits for data.
pub(super) struct Repeatable(Command);

impl Repeatable {
    /// The caller vouches that the command only reads.
    pub(super) fn new(reading: Command) -> Self {
        Self(reading)
    }
}

/// A completed answer: all data, wiped on drop, and the last status word.
pub(super) struct Answer {
    pub(super) data: Zeroizing<Vec<u8>>,
    pub(super) status_word: StatusWord,
}

/// Most data of a short command.
const MAX_DATA: usize = 256;

/// Most GET RESPONSE commands for one answer. A card that hands out [`MAX_DATA`] bytes in pieces
/// of 16 is within it.
const MAX_ROUNDS: usize = 16;

/// Sends a command and collects the whole answer: once more with the stated Le after `6Cxx`,
/// GET RESPONSE after each `61xx`.
///
/// # Errors
/// [`ChannelError`]; an answer of more than [`MAX_DATA`] bytes is malformed. A card that never
/// stops saying `61xx` is left with that status word.
pub(super) fn exchange(
    channel: &mut dyn CardChannel,
    command: &Repeatable,
) -> Result<Answer, ChannelError> {
    let mut response = with_right_le(channel, &command.0)?;
    // One allocation of the final size: a growing vector would leave copies behind.
    let mut data = Zeroizing::new(Vec::with_capacity(MAX_DATA));
    for _ in 0..MAX_ROUNDS {
        append(&mut data, &response)?;
        if response.status_word().sw1() != 0x61 {
            break;
        }
        response = with_right_le(channel, &get_response(response.status_word().sw2()))?;
    }
    Ok(Answer {
        data,
        status_word: response.status_word(),
    })
}

fn with_right_le(
    channel: &mut dyn CardChannel,
    command: &Command,
) -> Result<Response, ChannelError> {
    let response = channel.transmit(command)?;
    if response.status_word().sw1() == 0x6C {
        channel.transmit(&command.asking_for(response.status_word().sw2()))
    } else {
        Ok(response)
    }
}

fn append(data: &mut Vec<u8>, response: &Response) -> Result<(), MalformedResponse> {
    let length_bytes = data.len() + response.data().len();
    if length_bytes > MAX_DATA {
        return Err(MalformedResponse::TooLong { length_bytes });
    }
    data.extend_from_slice(response.data());
    Ok(())
}

fn get_response(length: u8) -> Command {
    Command::new(0x00, 0xC0, 0x00, 0x00).with_le(length)
}

#[cfg(test)]
mod tests {
    use super::super::script::Script;
    use super::*;

    fn read(script: &mut Script) -> Result<(Vec<u8>, StatusWord), ChannelError> {
        let command = Repeatable::new(Command::new(0x00, 0xB2, 0x01, 0x28).with_le(0x12));
        exchange(script, &command).map(|answer| (answer.data.to_vec(), answer.status_word))
    }

    #[test]
    fn a_plain_answer_is_passed_on() {
        let mut script = Script::parse("> 00B2012812 < 0102 9000");
        assert_eq!(read(&mut script), Ok((vec![1, 2], StatusWord::OK)));
        script.assert_done();
    }

    #[test]
    fn a_wrong_le_is_put_right_once() {
        let mut script = Script::parse("> 00B2012812 < 6C02 > 00B2012802 < 0102 9000");
        assert_eq!(read(&mut script), Ok((vec![1, 2], StatusWord::OK)));
        script.assert_done();
        let mut stubborn = Script::parse("> 00B2012812 < 6C02 > 00B2012802 < 6C03");
        assert_eq!(read(&mut stubborn), Ok((vec![], StatusWord::new(0x6C, 3))));
        stubborn.assert_done();
    }

    #[test]
    fn waiting_data_are_fetched_in_pieces() {
        let mut script =
            Script::parse("> 00B2012812 < 6102 > 00C0000002 < 0102 6101 > 00C0000001 < 03 9000");
        assert_eq!(read(&mut script), Ok((vec![1, 2, 3], StatusWord::OK)));
        script.assert_done();
    }

    #[test]
    fn fetching_may_have_a_wrong_le_too() {
        let mut script =
            Script::parse("> 00B2012812 < 6110 > 00C0000010 < 6C02 > 00C0000002 < 0102 9000");
        assert_eq!(read(&mut script), Ok((vec![1, 2], StatusWord::OK)));
        script.assert_done();
    }

    #[test]
    fn a_card_that_never_ends_is_left() {
        let rounds = "> 00C0000001 < 6101".repeat(MAX_ROUNDS);
        let mut script = Script::parse(&format!("> 00B2012812 < 6101 {rounds}"));
        assert_eq!(read(&mut script), Ok((vec![], StatusWord::new(0x61, 1))));
        script.assert_done();
    }

    #[test]
    fn more_data_than_a_short_answer_is_malformed() {
        let much = "00".repeat(200);
        let mut script = Script::parse(&format!(
            "> 00B2012812 < {much} 61C8 > 00C00000C8 < {much} 9000"
        ));
        let too_long = MalformedResponse::TooLong { length_bytes: 400 };
        assert_eq!(read(&mut script), Err(ChannelError::Malformed(too_long)));
        script.assert_done();
    }
}
