//! Counters against a small reference model: any history of PIN and issuer commands leaves the card
//! with the counters the model predicts, and nothing but success or an issuer command raises one.

use proptest::collection::vec;
use proptest::prelude::*;

use super::rig::{
    SELECT_SSSE, authenticate, authenticate_wrongly, enciphered, key_tries, persona, powered,
    secured, send, tries,
};
use crate::card::Card;
use crate::crypto::pin_block;
use crate::files::key::{PUK, STK};
use crate::pin::Pin;
use crate::state::MemoryStore;
use crate::virtual_card::VirtualCard;

const PIN_LIMIT: u8 = 6;
const PUK_LIMIT: u8 = 3;
const PINS: [&str; 3] = ["123456", "654321", "1234"];

/// One thing that happens to a card. PINs are positions in [`PINS`].
#[derive(Debug, Clone)]
enum Step {
    Query,
    Verify(usize),
    Change(usize, usize),
    MalformedChange,
    PresentPuk { right: bool },
    Unblock { right: bool },
    Reload(usize),
    PowerCycle,
    Reselect,
    OtherApplication,
}

fn step() -> impl Strategy<Value = Step> {
    let pin = 0..PINS.len();
    prop_oneof![
        2 => Just(Step::Query),
        6 => pin.clone().prop_map(Step::Verify),
        4 => (pin.clone(), pin.clone()).prop_map(|(old, new)| Step::Change(old, new)),
        1 => Just(Step::MalformedChange),
        3 => any::<bool>().prop_map(|right| Step::PresentPuk { right }),
        3 => any::<bool>().prop_map(|right| Step::Unblock { right }),
        1 => pin.prop_map(Step::Reload),
        1 => Just(Step::PowerCycle),
        1 => Just(Step::Reselect),
        1 => Just(Step::OtherApplication),
    ]
}

/// What a card is, seen from outside.
#[derive(Debug, Clone, PartialEq)]
struct Model {
    pin: usize,
    pin_left: u8,
    puk_left: u8,
    puk_right: bool,
}

impl Model {
    fn fresh() -> Self {
        Self {
            pin: 0,
            pin_left: PIN_LIMIT,
            puk_left: PUK_LIMIT,
            puk_right: false,
        }
    }

    /// Outcome of presenting a PIN: the answer, and whether it was right.
    fn present(&mut self, pin: usize) -> (String, bool) {
        if self.pin_left == 0 {
            return ("6983".to_owned(), false);
        }
        if pin == self.pin {
            self.pin_left = PIN_LIMIT;
            return ("9000".to_owned(), true);
        }
        self.pin_left -= 1;
        (format!("63C{:X}", self.pin_left), false)
    }

    fn present_puk(&mut self, right: bool) -> String {
        if self.puk_left == 0 {
            return "6983".to_owned();
        }
        if right {
            (self.puk_left, self.puk_right) = (PUK_LIMIT, true);
            return "9000".to_owned();
        }
        self.puk_left -= 1;
        self.puk_right &= self.puk_left > 0;
        format!("63C{:X}", self.puk_left)
    }

    fn issuer_command(&mut self, right: bool, new_pin: Option<usize>) -> String {
        if !self.puk_right {
            return "6982".to_owned();
        }
        if !right {
            self.puk_left -= 1;
            self.puk_right = self.puk_left > 0;
            return "6988".to_owned();
        }
        (self.puk_left, self.pin_left) = (PUK_LIMIT, PIN_LIMIT);
        self.pin = new_pin.unwrap_or(self.pin);
        "9000".to_owned()
    }

    fn apply(&mut self, step: &Step) -> String {
        match step {
            Step::Query if self.pin_left == 0 => "6983".to_owned(),
            Step::Query => format!("63C{:X}", self.pin_left),
            Step::Verify(pin) => self.present(*pin).0,
            Step::Change(old, new) => {
                let (answer, right) = self.present(*old);
                self.pin = if right { *new } else { self.pin };
                answer
            }
            Step::MalformedChange if self.pin_left == 0 => "6983".to_owned(),
            Step::MalformedChange => "6A80".to_owned(),
            Step::PresentPuk { right } => self.present_puk(*right),
            Step::Unblock { right } => self.issuer_command(*right, None),
            Step::Reload(pin) => self.issuer_command(true, Some(*pin)),
            Step::PowerCycle | Step::OtherApplication => {
                self.puk_right = false;
                "611E".to_owned()
            }
            Step::Reselect => "611E".to_owned(),
        }
    }
}

fn perform(card: &mut Card, step: &Step) -> String {
    match step {
        Step::Query => send(card, "0020000000"),
        Step::Verify(pin) => {
            let pin = PINS[*pin];
            send(card, &format!("00200000{:02X}{pin}", pin.len() / 2))
        }
        Step::Change(old, new) => {
            let data = format!("{}FF{}", PINS[*old], PINS[*new]);
            send(card, &format!("805E0100{:02X}{data}", data.len() / 2))
        }
        Step::MalformedChange => send(card, "805E010006123456654321"),
        Step::PresentPuk { right: true } => authenticate(card, PUK),
        Step::PresentPuk { right: false } => authenticate_wrongly(card, PUK),
        Step::Unblock { right: true } => secured(card, [0x84, 0x24, 0x00, 0x00], STK, &[]),
        Step::Unblock { right: false } => {
            send(card, "0084000008");
            send(card, "8424000004DEADBEEF")
        }
        Step::Reload(pin) => {
            let pin = Pin::from_digits(PINS[*pin]).unwrap();
            let block = pin_block(card.persona().suite(), &pin).unwrap();
            enciphered(card, [0x84, 0x24, 0x00, 0x01], STK, &block)
        }
        Step::PowerCycle => {
            card.power_off();
            card.power_on();
            send(card, SELECT_SSSE)
        }
        Step::Reselect => send(card, SELECT_SSSE),
        Step::OtherApplication => {
            send(card, "00A4000000");
            send(card, SELECT_SSSE)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn counters_follow_the_model(
        name in prop::sample::select(vec!["w2", "v3"]),
        steps in vec(step(), 1..60),
    ) {
        let store = MemoryStore::new();
        let mut card = powered(persona(name, &[]), store.clone());
        send(&mut card, SELECT_SSSE);
        let mut model = Model::fresh();
        for step in &steps {
            let before = (tries(&card), key_tries(&card, PUK));
            let expected = model.apply(step);
            let answer = perform(&mut card, step);
            prop_assert_eq!(&answer, &expected, "{:?}", step);
            let after = (tries(&card), key_tries(&card, PUK));
            prop_assert_eq!(after, (model.pin_left, model.puk_left), "{:?}", step);
            prop_assert!(card.pin_is(PINS[model.pin]));
            let raised = after.0 > before.0 || after.1 > before.1;
            prop_assert!(!raised || answer == "9000", "{:?} raised a counter with {}", step, answer);
        }
        let again = powered(persona(name, &[]), store);
        prop_assert_eq!((tries(&again), key_tries(&again, PUK)), (model.pin_left, model.puk_left));
    }
}
