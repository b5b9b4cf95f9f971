//! VERIFY and CHANGE PIN (LD/T 32.5).

use std::num::NonZeroU8;

use crate::apdu::{Command, StatusWord};
use crate::card::{CardError, CardProfile, PinAnswer};
use crate::pin::encoding::{packed_bcd, packed_bcd_pair};
use crate::pin::{NewPin, Pin, PinCounter};

/// The social security card of all three generations: one PIN, in the SSSE environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SocialSecurity;

/// Between old and new PIN (LD/T 32.5 CHANGE PIN).
const SEPARATOR: u8 = 0xFF;

impl CardProfile for SocialSecurity {
    /// VERIFY with Lc 00, in the five-byte form that T=0 needs for its P3.
    fn query_pin(&self) -> Command {
        verify().with_le(0)
    }

    /// `9000` means that the PIN is empty: LD/T 32.5 lets an empty VERIFY answer it for nothing
    /// else. A card that does not know the question says so with a checking error; then the
    /// counter is unknown, since the only other way to it costs a try.
    fn pin_counter(&self, answer: StatusWord) -> Result<PinCounter, CardError> {
        if let Some(tries) = answer.tries_left() {
            return Ok(NonZeroU8::new(tries).map_or(PinCounter::Blocked, PinCounter::Attempts));
        }
        match answer {
            StatusWord::OK => Ok(PinCounter::NotSet),
            StatusWord::METHOD_BLOCKED => Ok(PinCounter::Blocked),
            StatusWord::APPLICATION_BLOCKED => Err(CardError::Blocked),
            unknown if NOT_UNDERSTOOD.contains(&unknown.value()) => Ok(PinCounter::Unknown),
            other => Err(CardError::Refused(other)),
        }
    }

    fn verify_pin(&self, pin: &Pin) -> Command {
        verify().with_data(packed_bcd(pin))
    }

    fn verified(&self, answer: StatusWord) -> PinAnswer {
        pin_answer(answer)
    }

    fn change_pin(&self, old: &Pin, new: &NewPin) -> Command {
        Command::new(0x80, 0x5E, 0x01, 0x00).with_data(packed_bcd_pair(
            old,
            SEPARATOR,
            new.as_pin(),
        ))
    }

    fn changed(&self, answer: StatusWord) -> PinAnswer {
        pin_answer(answer)
    }
}

/// Wrong length, incorrect data, incorrect P1 P2, unknown instruction, unknown class.
const NOT_UNDERSTOOD: [u16; 5] = [0x6700, 0x6A80, 0x6A86, 0x6D00, 0x6E00];

fn verify() -> Command {
    Command::new(0x00, 0x20, 0x00, 0x00)
}

/// VERIFY with data and CHANGE PIN answer alike. Only the whole word `9000` is success.
fn pin_answer(answer: StatusWord) -> PinAnswer {
    if let Some(tries) = answer.tries_left() {
        return NonZeroU8::new(tries).map_or(PinAnswer::NowBlocked, |remaining| {
            PinAnswer::Rejected { remaining }
        });
    }
    match answer {
        StatusWord::OK => PinAnswer::Accepted,
        StatusWord::METHOD_BLOCKED => PinAnswer::WasBlocked,
        other => PinAnswer::Refused(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex_of(command: &Command) -> String {
        hex::encode_upper(&*command.to_bytes().unwrap())
    }

    fn word(value: u16) -> StatusWord {
        let [sw1, sw2] = value.to_be_bytes();
        StatusWord::new(sw1, sw2)
    }

    fn tries(n: u8) -> NonZeroU8 {
        NonZeroU8::new(n).unwrap()
    }

    #[test]
    fn bytes_of_the_query() {
        assert_eq!(hex_of(&SocialSecurity.query_pin()), "0020000000");
    }

    #[test]
    fn bytes_of_verify() {
        for (pin, bytes) in [
            ("1234", "00200000021234"),
            ("12345", "002000000312345F"),
            ("123456", "0020000003123456"),
            ("12345678", "002000000412345678"),
            ("1234567890123456", "00200000081234567890123456"),
        ] {
            assert_eq!(
                hex_of(&SocialSecurity.verify_pin(&Pin::for_test(pin))),
                bytes
            );
        }
    }

    #[test]
    fn bytes_of_change_pin() {
        for (old, new, bytes) in [
            ("1234", "4321", "805E0100051234FF4321"),
            ("123456", "654321", "805E010007123456FF654321"),
            ("1234", "123456", "805E0100061234FF123456"),
            ("12345", "54321", "805E01000712345FFF54321F"),
        ] {
            let command = SocialSecurity.change_pin(&Pin::for_test(old), &NewPin::for_test(new));
            assert_eq!(hex_of(&command), bytes);
        }
    }

    /// Every status word that LD/T 32.5 lists for VERIFY or CHANGE PIN, and others that a card
    /// may come up with.
    #[test]
    fn meaning_of_every_listed_answer_to_a_pin() {
        for (value, meaning) in [
            (0x9000, PinAnswer::Accepted),
            (
                0x63C1,
                PinAnswer::Rejected {
                    remaining: tries(1),
                },
            ),
            (
                0x63C5,
                PinAnswer::Rejected {
                    remaining: tries(5),
                },
            ),
            (
                0x63CF,
                PinAnswer::Rejected {
                    remaining: tries(15),
                },
            ),
            (0x63C0, PinAnswer::NowBlocked),
            (0x6983, PinAnswer::WasBlocked),
        ] {
            assert_eq!(SocialSecurity.verified(word(value)), meaning, "{value:04X}");
            assert_eq!(SocialSecurity.changed(word(value)), meaning, "{value:04X}");
        }
        for value in [
            0x6581, 0x6700, 0x6984, 0x6A80, 0x6A81, 0x6A86, 0x6A88, 0x6E00, 0x9303, // listed
            0x6101, 0x6C00, 0x6200, 0x6300, 0x63D0, 0x6982, 0x6985, 0x6D00, 0x6F00, 0x9001,
        ] {
            let refused = PinAnswer::Refused(word(value));
            assert_eq!(SocialSecurity.verified(word(value)), refused, "{value:04X}");
            assert_eq!(SocialSecurity.changed(word(value)), refused, "{value:04X}");
        }
    }

    #[test]
    fn meaning_of_every_listed_answer_to_the_query() {
        let refused = |value| Err(CardError::Refused(word(value)));
        for (value, meaning) in [
            (0x9000, Ok(PinCounter::NotSet)),
            (0x63C6, Ok(PinCounter::Attempts(tries(6)))),
            (0x63C1, Ok(PinCounter::Attempts(tries(1)))),
            (0x63C0, Ok(PinCounter::Blocked)),
            (0x6983, Ok(PinCounter::Blocked)),
            (0x6A81, refused(0x6A81)), // a blocked card would have refused SELECT
            (0x9303, Err(CardError::Blocked)),
            (0x6700, Ok(PinCounter::Unknown)),
            (0x6A80, Ok(PinCounter::Unknown)),
            (0x6A86, Ok(PinCounter::Unknown)),
            (0x6D00, Ok(PinCounter::Unknown)),
            (0x6E00, Ok(PinCounter::Unknown)),
            (0x6982, refused(0x6982)),
            (0x6984, refused(0x6984)),
            (0x6A88, refused(0x6A88)),
            (0x6C02, refused(0x6C02)),
            (0x6102, refused(0x6102)),
            (0x9001, refused(0x9001)),
        ] {
            assert_eq!(
                SocialSecurity.pin_counter(word(value)),
                meaning,
                "{value:04X}"
            );
        }
    }
}
