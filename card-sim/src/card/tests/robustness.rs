//! Whatever the bytes: an answer of at least two bytes and no panic.

use proptest::collection::vec;
use proptest::prelude::*;

use super::rig::{SELECT_SSSE, persona, powered, send};
use crate::state::MemoryStore;
use crate::virtual_card::VirtualCard;

/// Bytes near the command set: known classes and instructions, any parameters and data.
fn near_command() -> impl Strategy<Value = Vec<u8>> {
    let class = prop_oneof![
        Just(0x00_u8),
        Just(0x04),
        Just(0x80),
        Just(0x84),
        Just(0xB0),
        any::<u8>()
    ];
    let known = [
        0xA4, 0xB2, 0xB0, 0xDC, 0xD6, 0x84, 0x88, 0x82, 0x20, 0x5E, 0x24, 0x1E, 0x16, 0xC0, 0x28,
    ];
    let instruction = prop_oneof![4 => prop::sample::select(known.to_vec()), 1 => any::<u8>()];
    (
        class,
        instruction,
        any::<[u8; 2]>(),
        vec(any::<u8>(), 0..24),
        any::<bool>(),
    )
        .prop_map(|(cla, ins, [p1, p2], data, with_lc)| {
            let lc = u8::try_from(data.len()).unwrap();
            let mut bytes = vec![cla, ins, p1, p2];
            bytes.extend(with_lc.then_some(lc));
            bytes.extend(data);
            bytes
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_have_an_answer(
        name in prop::sample::select(vec!["w1", "w2", "w3", "v3", "foreign-card", "damaged-file"]),
        commands in vec(prop_oneof![near_command(), vec(any::<u8>(), 0..300)], 1..30),
    ) {
        let mut card = powered(persona(name, &[]), MemoryStore::new());
        send(&mut card, SELECT_SSSE);
        for command in commands {
            let answer = card.execute(&command);
            prop_assert!((2..=258).contains(&answer.len()), "{command:02X?} {answer:02X?}");
        }
    }
}
