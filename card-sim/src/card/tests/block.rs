//! APPLICATION BLOCK and CARD BLOCK, both for good (LD/T 32.5).

use super::rig::{
    SELECT_SSSE, authenticate, card, dialogue, key_tries, persona, powered, secured, send,
};
use crate::files::key::{BK, STK};
use crate::files::{Application, KeyId};
use crate::state::MemoryStore;
use crate::virtual_card::VirtualCard;

const APPLICATION_BLOCK: [u8; 4] = [0x84, 0x1E, 0x00, 0x01];
const CARD_BLOCK: [u8; 4] = [0x84, 0x16, 0x00, 0x00];
const LKDF03: KeyId = KeyId {
    application: Application::Df03,
    kid: 0x83,
};
const STKDF03: KeyId = KeyId {
    application: Application::Df03,
    kid: 0x82,
};

#[test]
fn a_blocked_environment_answers_9303_for_good() {
    for name in ["w2", "v3"] {
        let store = MemoryStore::new();
        let mut card = powered(persona(name, &[]), store.clone());
        send(&mut card, SELECT_SSSE);
        assert_eq!(authenticate(&mut card, BK), "9000");
        assert_eq!(secured(&mut card, APPLICATION_BLOCK, STK, &[]), "9000");
        let closed = [
            ("0020000000", "9303"),
            ("00B2010412", "9303"),
            ("0084000008", "9303"),
            ("805E010007 123456FF654321", "9303"),
            ("00A4020002EF05", "9303"),
            (SELECT_SSSE, "9303"),
            ("00A4000002DF01", "9303"),
            ("00A40400 06 D15600000500", "9303"),
            ("00A4000000", "6106"),
            ("0084000008", "00000000000000009000"),
        ];
        dialogue(&mut card, &closed);
        let mut again = powered(persona(name, &[]), store);
        dialogue(&mut again, &[(SELECT_SSSE, "9303"), ("00A4000000", "6106")]);
        assert_eq!(
            again.inspect().blocked_applications,
            [Application::Ssse].into()
        );
    }
}

#[test]
fn a_blocked_df_leaves_the_rest_alone() {
    let mut card = card("w2");
    send(&mut card, "00A4000002DF03");
    assert_eq!(secured(&mut card, APPLICATION_BLOCK, STKDF03, &[]), "6982");
    assert_eq!(authenticate(&mut card, LKDF03), "9000");
    assert_eq!(secured(&mut card, APPLICATION_BLOCK, STKDF03, &[]), "9000");
    dialogue(
        &mut card,
        &[
            ("00B2012C05", "9303"),
            ("00A4000002DF04", "610A"),
            ("00A4000002DF03", "9303"),
            (SELECT_SSSE, "611E"),
            ("0020000000", "63C6"),
        ],
    );
}

#[test]
fn a_blocked_card_answers_6a81_to_everything() {
    for name in ["w2", "v3"] {
        let store = MemoryStore::new();
        let mut card = powered(persona(name, &[]), store.clone());
        send(&mut card, SELECT_SSSE);
        assert_eq!(authenticate(&mut card, BK), "9000");
        assert_eq!(secured(&mut card, CARD_BLOCK, STK, &[]), "9000");
        let closed = [
            (SELECT_SSSE, "6A81"),
            ("00A4000000", "6A81"),
            ("FF", "6A81"),
        ];
        dialogue(&mut card, &closed);
        let mut again = powered(persona(name, &[]), store);
        assert!(!again.reset().is_empty());
        dialogue(&mut again, &closed);
        assert!(again.inspect().card_blocked);
    }
}

#[test]
fn a_wrong_mac_blocks_nothing_and_locks_no_key() {
    let mut card = card("w2");
    assert_eq!(authenticate(&mut card, BK), "9000");
    for _ in 0..4 {
        for command in ["841E000104 DEADBEEF", "8416000004 DEADBEEF"] {
            send(&mut card, "0084000008");
            assert_eq!(send(&mut card, command), "6988");
            assert_eq!(key_tries(&card, BK), 3);
        }
    }
    assert!(!card.inspect().card_blocked);
    assert!(card.inspect().blocked_applications.is_empty());
}

#[test]
fn refusals() {
    let mut card = card("w2");
    dialogue(
        &mut card,
        &[
            ("841E000104 00000000", "6982"),
            ("8416000004 00000000", "6982"),
            ("841E000004 00000000", "6A86"),
            ("8416000104 00000000", "6A86"),
            ("841E000105 0000000000", "6700"),
            ("8416000003 000000", "6700"),
            ("00A4000002DF01", "610A"),
            ("841E000104 00000000", "6A88"), // DF01 has no lock key
        ],
    );
}
