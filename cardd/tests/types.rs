//! What the types of digits do not allow, as the compiler says it.

use cardd::{
    apdu::Command,
    pin::{HolderFacts, NewPin, Pin, PinLength, Rules},
};
use cardd_proto::secret::Secret;

/// Printing, copying, comparing by `==`, storing and logging do not compile.
#[test]
fn nothing_that_would_leave_a_copy_compiles() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}

#[test]
fn debug_shows_a_fixed_text() {
    let pin = |digits: &[u8]| Pin::parse(digits, &PinLength::default()).unwrap();
    let (old, facts, rules) = (pin(b"1234"), HolderFacts::default(), Rules::default());
    let new = NewPin::check(pin(b"8317"), &pin(b"8317"), &old, &facts, &rules).unwrap();
    let secret = Secret::take_from(&mut b"8317".to_owned()).unwrap();
    let command = Command::new(0x00, 0x20, 0x00, 0x00).with_data(vec![0x83, 0x17]);
    assert_eq!(format!("{old:?}"), "Pin(..)");
    assert_eq!(format!("{new:?}"), "NewPin(Pin(..))");
    assert_eq!(format!("{secret:?}"), "Secret(..)");
    assert_eq!(format!("{command:?}"), "00 20 00 00 Lc=02");
}
