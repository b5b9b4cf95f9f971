//! SELECT of the SSSE application and what its answer tells (LD/T 32.5 SELECT).

use crate::apdu::tlv::find;
use crate::apdu::{Command, StatusWord};
use crate::card::exchange::{Repeatable, exchange};
use crate::card::{CardChannel, CardError, Suite};

/// `sx1.sh.社会保障` in GBK.
const SSSE_NAME: [u8; 15] = [
    0x73, 0x78, 0x31, 0x2E, 0x73, 0x68, 0x2E, 0xC9, 0xE7, 0xBB, 0xE1, 0xB1, 0xA3, 0xD5, 0xCF,
];

/// Selects the application by its full name.
///
/// The suite is `None` where the answer does not state it; a card without a readable answer is
/// still a card. One that answers with another name has another application.
pub(in crate::card) fn select(channel: &mut dyn CardChannel) -> Result<Option<Suite>, CardError> {
    let answer = exchange(channel, &select_ssse())?;
    match answer.status_word {
        StatusWord::OK => {}
        StatusWord::FILE_NOT_FOUND
        | StatusWord::INSTRUCTION_NOT_SUPPORTED
        | StatusWord::CLASS_NOT_SUPPORTED => return Err(CardError::NotSupported),
        // CARD BLOCK answers 6A81 to everything from then on (LD/T 32.5).
        StatusWord::APPLICATION_BLOCKED | StatusWord::FUNCTION_NOT_SUPPORTED => {
            return Err(CardError::Blocked);
        }
        other => return Err(CardError::Refused(other)),
    }
    let template = find(&answer.data, &[0x6F]).unwrap_or_default();
    match find(template, &[0x84]) {
        Some(name) if name != SSSE_NAME => Err(CardError::NotSupported),
        Some(_) | None => Ok(suite(template)),
    }
}

/// Selecting again keeps every right (LD/T 32.5), so it may be repeated.
fn select_ssse() -> Repeatable {
    Repeatable::new(Command::new(0x00, 0xA4, 0x04, 0x00).with_data(SSSE_NAME.to_vec()))
}

/// `86 01 a` inside `9F 0C` inside `A5`.
fn suite(template: &[u8]) -> Option<Suite> {
    let proprietary = find(template, &[0xA5])?;
    let issuer_data = find(proprietary, &[0x9F, 0x0C])?;
    match find(issuer_data, &[0x86])? {
        [0x01] => Some(Suite::Des),
        [0x02] => Some(Suite::Ssf33),
        [0x03] => Some(Suite::Sm4),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::script::Script;

    const COMMAND: &str = "> 00A404000F7378312E73682EC9E7BBE1B1A3D5CF";

    fn answered(answer: &str) -> Result<Option<Suite>, CardError> {
        let mut script = Script::parse(&format!("{COMMAND} < {answer}"));
        let selected = select(&mut script);
        script.assert_done();
        selected
    }

    #[test]
    fn the_suite_is_where_the_card_states_it() {
        let fci = |tail| format!("{tail} 9000");
        for (answer, suite) in [
            (
                "6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C03860101",
                Some(Suite::Des),
            ),
            (
                "6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C03860102",
                Some(Suite::Ssf33),
            ),
            (
                "6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C03860103",
                Some(Suite::Sm4),
            ),
            (
                "6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C03860177",
                None,
            ),
            ("6F16840F7378312E73682EC9E7BBE1B1A3D5CFA50388011E", None),
            (
                "6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C0386",
                None,
            ),
            ("", None),
        ] {
            assert_eq!(answered(&fci(answer)), Ok(suite), "{answer}");
        }
    }

    #[test]
    fn the_answer_may_have_to_be_fetched() {
        let fci = "6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C03860103";
        let fetched = format!("611E > 00C000001E < {fci} 9000");
        assert_eq!(answered(&fetched), Ok(Some(Suite::Sm4)));
    }

    #[test]
    fn meaning_of_every_listed_refusal() {
        for (answer, error) in [
            ("6A82", CardError::NotSupported),
            ("6D00", CardError::NotSupported),
            ("6E00", CardError::NotSupported),
            ("9303", CardError::Blocked),
            ("6A81", CardError::Blocked),
            ("6700", CardError::Refused(StatusWord::WRONG_LENGTH)),
            ("6A86", CardError::Refused(StatusWord::new(0x6A, 0x86))),
            ("6F07 8405 3150415900 9000", CardError::NotSupported),
        ] {
            assert_eq!(answered(answer), Err(error), "{answer}");
        }
    }
}
