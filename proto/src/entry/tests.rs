use proptest::prelude::*;
use rand::{SeedableRng as _, rngs::StdRng};

use super::*;

fn rng() -> StdRng {
    StdRng::seed_from_u64(7)
}

fn secret(text: &str) -> Secret {
    Secret::take_from(&mut text.as_bytes().to_vec()).unwrap()
}

fn binding(purpose: Purpose) -> Binding {
    Binding {
        entry_id: [9; ENTRY_ID_BYTES],
        insertion: 41,
        purpose,
    }
}

fn sealed(typed: &Typed, key: &EntryKey, binding: &Binding) -> SealedEntry {
    seal(typed, binding, &key.public_key(), &mut rng()).unwrap()
}

#[test]
fn a_change_comes_out_as_it_went_in() {
    let key = EntryKey::generate(&mut rng());
    let binding = binding(Purpose::Change);
    let typed = Typed::Change {
        old: secret("1234"),
        new: secret("830517"),
        again: secret(""),
    };
    let entry = sealed(&typed, &key, &binding);
    let Typed::Change { old, new, again } = key.open(&entry, &binding).unwrap() else {
        panic!("another purpose came out");
    };
    assert_eq!(
        (old.expose(), new.expose(), again.expose()),
        (&b"1234"[..], &b"830517"[..], &b""[..])
    );
}

#[test]
fn every_ciphertext_has_one_length() {
    for pin in ["", "1", "1234", "1234567890123456"] {
        let key = EntryKey::generate(&mut rng());
        let entry = sealed(
            &Typed::Verify { pin: secret(pin) },
            &key,
            &binding(Purpose::Verify),
        );
        assert_eq!(entry.ciphertext.len(), CIPHERTEXT_BYTES, "{pin}");
    }
}

#[test]
fn a_seal_opens_for_nothing_else() {
    let made = binding(Purpose::Verify);
    let others = [
        Binding {
            entry_id: [8; ENTRY_ID_BYTES],
            ..made
        },
        Binding {
            insertion: 42,
            ..made
        },
        Binding {
            purpose: Purpose::Change,
            ..made
        },
    ];
    for other in others {
        let key = EntryKey::generate(&mut rng());
        let entry = sealed(
            &Typed::Verify {
                pin: secret("8305"),
            },
            &key,
            &made,
        );
        assert_eq!(
            key.open(&entry, &other).unwrap_err(),
            EntryError::NotForThis
        );
    }
}

#[test]
fn an_altered_byte_is_refused() {
    let made = binding(Purpose::Verify);
    for index in 0..CIPHERTEXT_BYTES {
        let key = EntryKey::generate(&mut rng());
        let mut entry = sealed(
            &Typed::Verify {
                pin: secret("8305"),
            },
            &key,
            &made,
        );
        entry.ciphertext[index] ^= 1;
        assert_eq!(key.open(&entry, &made).unwrap_err(), EntryError::NotForThis);
    }
}

#[test]
fn wrong_lengths_are_malformed() {
    let made = binding(Purpose::Verify);
    for length in [0, 15, CIPHERTEXT_BYTES - 1, CIPHERTEXT_BYTES + 1] {
        let key = EntryKey::generate(&mut rng());
        let mut entry = sealed(
            &Typed::Verify {
                pin: secret("8305"),
            },
            &key,
            &made,
        );
        entry.ciphertext.resize(length, 0);
        assert_eq!(key.open(&entry, &made).unwrap_err(), EntryError::Malformed);
    }
}

#[test]
fn more_than_sixteen_bytes_are_not_sealed() {
    let key = EntryKey::generate(&mut rng());
    let typed = Typed::Verify {
        pin: secret("12345678901234567"),
    };
    let refused = seal(
        &typed,
        &binding(Purpose::Verify),
        &key.public_key(),
        &mut rng(),
    );
    assert_eq!(refused.unwrap_err(), EntryError::TooLong);
}

/// Fields of a message that are used for a purpose.
fn used(purpose: Purpose) -> usize {
    match purpose {
        Purpose::Change => 3,
        Purpose::OwnPin => 2,
        Purpose::Verify | Purpose::IssuedPin | Purpose::NewPin => 1,
        Purpose::Unspecified => 0,
    }
}

proptest! {
    /// A desk can seal what it likes: any message has its fields, of at most sixteen bytes, or is none.
    #[test]
    fn any_message_is_taken_apart_or_malformed(
        mut message in prop::collection::vec(any::<u8>(), MESSAGE_BYTES),
        lengths in prop::array::uniform3(0..20_u8),
        purpose in 0..6_i32,
    ) {
        let purpose = Purpose::try_from(purpose).unwrap();
        for (field, length) in message.chunks_exact_mut(FIELD_BYTES).zip(lengths) {
            field[0] = length;
        }
        let fits = |length: &u8| usize::from(*length) <= MAX_DIGITS;
        let good = purpose != Purpose::Unspecified && lengths[..used(purpose)].iter().all(fits);
        let typed = Typed::decode(purpose, &message);
        prop_assert_eq!(typed.is_ok(), good);
        if let Ok(typed) = typed {
            let mut again = [0; MESSAGE_BYTES];
            typed.encode(&mut again).unwrap();
            let fields = message.chunks_exact(FIELD_BYTES).zip(again.chunks_exact(FIELD_BYTES));
            for (read, written) in fields.take(used(purpose)) {
                let length = 1 + usize::from(read[0]);
                prop_assert_eq!(&read[..length], &written[..length]);
            }
        }
    }
}
