use proptest::prelude::*;

use super::*;
use crate::apdu::Response;

/// Answers everything with the next of some bytes, over and over.
struct Babbler {
    answers: Vec<Vec<u8>>,
    next: usize,
    sent: usize,
}

impl CardChannel for Babbler {
    fn historical_bytes(&self) -> &[u8] {
        &[]
    }

    fn transmit(&mut self, _command: &Command) -> Result<Response, ChannelError> {
        let answer = &self.answers[self.next % self.answers.len()];
        self.next += 1;
        self.sent += 1;
        Ok(Response::parse(answer)?)
    }
}

fn answers() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let word = prop_oneof![
        4 => Just([0x90, 0x00]),
        1 => (Just(0x61), any::<u8>()).prop_map(|(sw1, sw2)| [sw1, sw2]),
        1 => (Just(0x6C), any::<u8>()).prop_map(|(sw1, sw2)| [sw1, sw2]),
        1 => Just([0x6A, 0x83]),
        2 => any::<[u8; 2]>(),
    ];
    let answer = (proptest::collection::vec(any::<u8>(), 0..40), word)
        .prop_map(|(data, word)| [data, word.to_vec()].concat());
    proptest::collection::vec(answer, 1..12)
}

/// A card that identifies, then says anything.
fn identified_then(answers: &[Vec<u8>]) -> Babbler {
    let good = [
        "9000",
        "0110420100D15600000500000012FFFFFFFF9000",
        "0304322E30309000",
        "07095A5A303030303132359000",
    ];
    let good = good.iter().map(|answer| hex::decode(answer).unwrap());
    Babbler {
        answers: good.chain(answers.iter().cloned()).collect(),
        next: 0,
        sent: 0,
    }
}

proptest! {
    #[test]
    fn no_answers_make_identifying_panic_or_go_on_for_ever(answers in answers()) {
        let mut card = Babbler { answers, next: 0, sent: 0 };
        let _ = Card::identify(&mut card);
        // Four commands, each completed in 17 exchanges at most, each sent twice at most.
        prop_assert!(card.sent <= 4 * 17 * 2);
    }

    #[test]
    fn no_answers_make_reading_panic(answers in answers()) {
        let mut babbler = identified_then(&answers);
        let mut card = Card::identify(&mut babbler).unwrap();
        let _ = card.read();
    }

    #[test]
    fn a_pin_command_is_sent_once_and_only_9000_is_success(answers in answers()) {
        let intent = Intent::for_test();
        let accepted = answers[0].ends_with(&[0x90, 0x00]);
        let mut babbler = identified_then(&answers);
        let mut card = Card::identify(&mut babbler).unwrap();
        let verified = card.verify_pin(&intent, &Pin::for_test("1234")).is_ok();
        prop_assert_eq!(verified, accepted);
        prop_assert_eq!(babbler.sent, 5);
    }
}
