//! Issuer commands, in the bytes of the published dialogues.

use super::*;
use crate::card::{
    Authentication, ChannelError, IssuerEffect, IssuerFailure, IssuerKey, IssuerMessage,
    NotAnIssuerMessage,
};

const PUK: Authentication = Authentication {
    data: [0xF5, 0xEF, 0xE0, 0xFE, 0xA6, 0xEA, 0x27, 0xE2],
    original: [1, 2, 3, 4, 5, 6, 7, 8],
};
const AUTHENTICATE: &str = "0082000610F5EFE0FEA6EA27E20102030405060708";
const UNBLOCK: &str = "8424000004305FBE72";

fn message(command: &str) -> Result<IssuerMessage, NotAnIssuerMessage> {
    IssuerMessage::parse(&hex::decode(command).unwrap())
}

fn authenticate(script: Script, key: IssuerKey) -> Result<(), IssuerFailure> {
    let intent = Intent::for_test();
    on_card(script, |card| card.authenticate(&intent, key, &PUK))
}

fn unblock(script: Script) -> Result<(), IssuerFailure> {
    let intent = Intent::for_test();
    on_card(script, |card| {
        card.issuer_message(&intent, &message(UNBLOCK).unwrap())
    })
}

#[test]
fn a_card_is_unblocked_as_published() {
    let script = second()
        .then("> 0084000008 < 1112131415161718 9000")
        .then(&format!("> {AUTHENTICATE} < 9000"))
        .then("> 0084000008 < 2122232425262728 9000")
        .then(&format!("> {UNBLOCK} < 9000"));
    let intent = Intent::for_test();
    on_card(script, |card| {
        assert_eq!(
            card.challenge(),
            Ok([0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18])
        );
        assert_eq!(card.authenticate(&intent, IssuerKey::Unblock, &PUK), Ok(()));
        assert_eq!(
            card.challenge(),
            Ok([0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28])
        );
        assert_eq!(
            card.issuer_message(&intent, &message(UNBLOCK).unwrap()),
            Ok(())
        );
    });
}

#[test]
fn each_answer_to_an_authentication_has_its_meaning() {
    let answered = |sw: &str| {
        let script = second().then(&format!("> {AUTHENTICATE} < {sw}"));
        authenticate(script, IssuerKey::Unblock)
    };
    assert_eq!(answered("9000"), Ok(()));
    assert_eq!(
        answered("63C2"),
        Err(IssuerFailure::KeyRejected { remaining: 2 })
    );
    assert_eq!(answered("63C0"), Err(IssuerFailure::KeyBlocked));
    assert_eq!(answered("6983"), Err(IssuerFailure::KeyBlocked));
    let used_up = StatusWord::REFERENCE_DATA_UNUSABLE;
    assert_eq!(
        answered("6984"),
        Err(IssuerFailure::MessageRejected(used_up))
    );
    let no_key = StatusWord::new(0x6A, 0x88);
    assert_eq!(answered("6A88"), Err(IssuerFailure::Refused(no_key)));
}

#[test]
fn the_read_key_has_its_own_identifier() {
    let command = AUTHENTICATE.replacen("00820006", "0082000A", 1);
    let script = second().then(&format!("> {command} < 9000"));
    assert_eq!(authenticate(script, IssuerKey::Read), Ok(()));
}

#[test]
fn each_answer_to_a_message_has_its_meaning() {
    let answered = |sw: &str| unblock(second().then(&format!("> {UNBLOCK} < {sw}")));
    assert_eq!(answered("9000"), Ok(()));
    for rejected in [0x6988, 0x6984, 0x6982, 0x6A80_u16] {
        let [sw1, sw2] = rejected.to_be_bytes();
        let word = StatusWord::new(sw1, sw2);
        let sw = word.to_string();
        assert_eq!(
            answered(&sw),
            Err(IssuerFailure::MessageRejected(word)),
            "{sw}"
        );
    }
    assert_eq!(answered("6983"), Err(IssuerFailure::KeyBlocked));
    let odd = StatusWord::new(0x6D, 0x00);
    assert_eq!(answered("6D00"), Err(IssuerFailure::Refused(odd)));
}

#[test]
fn a_lost_answer_is_in_doubt() {
    let lost = ChannelError::CardRemoved(Reached::Unknown);
    let script = second().then_fails(UNBLOCK, lost);
    assert_eq!(unblock(script), Err(IssuerFailure::InDoubt(lost)));
    let unsent = ChannelError::CardRemoved(Reached::No);
    let script = second().then_fails(UNBLOCK, unsent);
    assert_eq!(unblock(script), Err(IssuerFailure::NotSent(unsent)));
}

#[test]
fn the_hall_can_send_nothing_else_to_a_card() {
    assert_eq!(message(UNBLOCK).unwrap().effect(), IssuerEffect::Unblock);
    let des = "842400010C6DBE2000B65F32A3099EE6CB";
    let sm4 = "8424000114257FAD6DFBE1C641A6E094F5CF39CE8A56F20A95";
    for reload in [des, sm4] {
        assert_eq!(message(reload).unwrap().effect(), IssuerEffect::Reload);
    }
    for other in [
        "",
        "84240000",
        "84240000043058FE",     // shorter than it says
        "8424000004305FBE7200", // longer than it says
        "84240001046E946F60",   // removes the PIN
        "841E0001046BEA8104",   // APPLICATION BLOCK
        "8416000004129F2C53",   // CARD BLOCK
        "0024000004305FBE72",
        "00200000021234",
    ] {
        assert_eq!(message(other).unwrap_err(), NotAnIssuerMessage, "{other}");
    }
}
