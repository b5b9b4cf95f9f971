use super::*;

fn look(presence: Presence, event_count: u16) -> Look {
    Look {
        presence,
        event_count,
        in_use: false,
    }
}

const fn came(mute: bool, event_count: u16) -> Change {
    Change::Card(CardChange::Came { mute, event_count })
}

const LEFT: Change = Change::Card(CardChange::Left);
const FELL_MUTE: Change = Change::Card(CardChange::FellMute);

#[test]
fn states_are_read_as_pcsc_reports_them() {
    let table = [
        (State::EMPTY | State::CHANGED, Some(Presence::Empty)),
        (State::PRESENT, Some(Presence::Card)),
        (State::PRESENT | State::INUSE, Some(Presence::Card)),
        (
            State::PRESENT | State::MUTE | State::CHANGED,
            Some(Presence::MuteCard),
        ),
        (State::UNAVAILABLE, None),
        (State::UNKNOWN | State::UNAVAILABLE | State::CHANGED, None),
        (State::UNKNOWN | State::PRESENT, None),
    ];
    for (state, presence) in table {
        let read = Look::read(state, 3);
        assert_eq!(read.map(|look| look.presence), presence, "{state:?}");
        assert!(read.is_none_or(|look| look.event_count == 3));
    }
}

#[test]
fn a_card_in_use_is_seen() {
    for (state, in_use) in [
        (State::empty(), false),
        (State::INUSE, true),
        (State::EXCLUSIVE, true),
    ] {
        let read = Look::read(State::PRESENT | state, 1).unwrap();
        assert_eq!(read.in_use, in_use);
    }
}

#[test]
fn readers_come_and_go_with_their_cards() {
    use Presence::{Card, Empty, MuteCard};
    let table = [
        (Empty, vec![Change::ReaderArrived], vec![Change::ReaderGone]),
        (
            Card,
            vec![Change::ReaderArrived, came(false, 4)],
            vec![LEFT, Change::ReaderGone],
        ),
        (
            MuteCard,
            vec![Change::ReaderArrived, came(true, 4)],
            vec![LEFT, Change::ReaderGone],
        ),
    ];
    for (presence, arriving, leaving) in table {
        assert_eq!(changes(None, Some(look(presence, 4))), arriving);
        assert_eq!(changes(Some(look(presence, 4)), None), leaving);
    }
    assert_eq!(changes(None, None), []);
}

#[test]
fn within_one_count_only_silence_and_its_end_are_news() {
    use Presence::{Card, Empty, MuteCard};
    let table = [
        (Empty, Empty, vec![]),
        (Card, Card, vec![]),
        (MuteCard, MuteCard, vec![]),
        (Card, MuteCard, vec![FELL_MUTE]),
        (MuteCard, Card, vec![LEFT, came(false, 9)]),
        (Empty, Card, vec![came(false, 9)]),
        (Card, Empty, vec![LEFT]),
    ];
    for (before, after, expected) in table {
        let steps = changes(Some(look(before, 9)), Some(look(after, 9)));
        assert_eq!(steps, expected, "{before:?} {after:?}");
    }
}

#[test]
fn another_count_is_another_card_although_both_looks_show_one() {
    use Presence::{Card, Empty, MuteCard};
    let table = [
        (Empty, Empty, vec![]),
        (Empty, Card, vec![came(false, 0)]),
        (Empty, MuteCard, vec![came(true, 0)]),
        (Card, Empty, vec![LEFT]),
        (Card, Card, vec![LEFT, came(false, 0)]),
        (Card, MuteCard, vec![LEFT, came(true, 0)]),
        (MuteCard, Empty, vec![LEFT]),
        (MuteCard, Card, vec![LEFT, came(false, 0)]),
        (MuteCard, MuteCard, vec![LEFT, came(true, 0)]),
    ];
    for (before, after, expected) in table {
        // The count wraps at 16 bits.
        let steps = changes(Some(look(before, 0xFFFF)), Some(look(after, 0)));
        assert_eq!(steps, expected, "{before:?} {after:?}");
    }
}
