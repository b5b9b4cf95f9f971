//! Personas that come with the library. All people, cards and keys are made up: order number 000 of
//! the citizen numbers is outside the range given to people, check digits follow GB 11643.

/// Name and TOML text of each ready persona. `v1` and `v3` share a chip serial so that both columns
/// of the published vectors apply; all others are distinct.
pub const READY: [(&str, &str); 23] = [
    ("v1", include_str!("../../personas/v1.toml")),
    ("v3", include_str!("../../personas/v3.toml")),
    ("w1", include_str!("../../personas/w1.toml")),
    ("w2", include_str!("../../personas/w2.toml")),
    ("w3", include_str!("../../personas/w3.toml")),
    (
        "pin-blocked",
        include_str!("../../personas/pin-blocked.toml"),
    ),
    (
        "puk-blocked",
        include_str!("../../personas/puk-blocked.toml"),
    ),
    ("pin-empty", include_str!("../../personas/pin-empty.toml")),
    (
        "one-try-left",
        include_str!("../../personas/one-try-left.toml"),
    ),
    (
        "name-padded-00",
        include_str!("../../personas/name-padded-00.toml"),
    ),
    (
        "name-padded-20",
        include_str!("../../personas/name-padded-20.toml"),
    ),
    (
        "name-padded-ff",
        include_str!("../../personas/name-padded-ff.toml"),
    ),
    (
        "wrong-check-character",
        include_str!("../../personas/wrong-check-character.toml"),
    ),
    ("no-9f0c", include_str!("../../personas/no-9f0c.toml")),
    (
        "contactless",
        include_str!("../../personas/contactless.toml"),
    ),
    (
        "missing-tag-4e",
        include_str!("../../personas/missing-tag-4e.toml"),
    ),
    (
        "empty-version",
        include_str!("../../personas/empty-version.toml"),
    ),
    (
        "damaged-file",
        include_str!("../../personas/damaged-file.toml"),
    ),
    ("mute", include_str!("../../personas/mute.toml")),
    (
        "foreign-card",
        include_str!("../../personas/foreign-card.toml"),
    ),
    (
        "four-digit-pin",
        include_str!("../../personas/four-digit-pin.toml"),
    ),
    (
        "lying-counter",
        include_str!("../../personas/lying-counter.toml"),
    ),
    (
        "double-cost",
        include_str!("../../personas/double-cost.toml"),
    ),
];
