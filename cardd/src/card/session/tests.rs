use std::num::NonZeroU8;

use super::super::script::Script;
use super::super::{CardFile, Damage, Generation, HolderData, Suite};
use super::*;

mod any_answer;
mod identifying;
mod issuing;
mod presenting;
mod reading;

const SELECT_DES: &str = "> 00A404000F7378312E73682EC9E7BBE1B1A3D5CF < 611E
    > 00C000001E < 6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C03860101 9000";
const SELECT_SM4: &str = "> 00A404000F7378312E73682EC9E7BBE1B1A3D5CF < 611E
    > 00C000001E < 6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C03860103 9000";

/// Records of three cards; the people in them are made up.
const IDENTIFY_SECOND: &str = "> 00B2012812 < 0110420100D15600000500000012FFFFFFFF 9000
    > 00B2032806 < 0304322E3030 9000
    > 00B207280B < 07095A5A30303030313235 9000";
const IDENTIFY_FIRST: &str = "> 00B2012812 < 0110420100D15600000500000011FFFFFFFF 9000
    > 00B2032806 < 0304312E3030 9000
    > 00B207280B < 07095A5A30303030313137 9000";
const IDENTIFY_THIRD: &str = "> 00B2012812 < 0110420100D15600000500000013FFFFFFFF 9000
    > 00B2032806 < 0304332E3030 9000
    > 00B207280B < 07095A5A30303030313333 9000";
const ISSUER: &str = "> 00B2022803 < 020133 9000
    > 00B204280E < 040C915600000242010042010001 9000
    > 00B2052806 < 050420140601 9000
    > 00B2062806 < 060420240601 9000";

fn second() -> Script {
    Script::parse(SELECT_DES).then(IDENTIFY_SECOND)
}

/// Runs one step on an identified card and checks that the card was asked nothing else.
fn on_card<T>(mut script: Script, step: impl FnOnce(&mut Card<'_>) -> T) -> T {
    let mut card = Card::identify(&mut script).unwrap();
    let outcome = step(&mut card);
    script.assert_done();
    outcome
}

fn identified(dialogue: &str) -> Result<CardIdentity, CardError> {
    let mut script = Script::parse(dialogue);
    let identity = Card::identify(&mut script).map(|card| card.identity().clone());
    script.assert_done();
    identity
}

fn verify(script: Script, pin: &str) -> Result<(), PinFailure> {
    let intent = Intent::for_test();
    on_card(script, |card| {
        card.verify_pin(&intent, &Pin::for_test(pin)).map(|_| ())
    })
}

fn change(script: Script, old: &str, new: &str) -> Result<(), PinFailure> {
    let intent = Intent::for_test();
    on_card(script, |card| {
        card.change_pin(&intent, &Pin::for_test(old), &NewPin::for_test(new))
    })
}

fn tries(n: u8) -> NonZeroU8 {
    NonZeroU8::new(n).unwrap()
}
