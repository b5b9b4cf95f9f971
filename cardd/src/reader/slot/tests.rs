use super::*;

const OLD: Insertion = Insertion::new(7);
const NEW: Insertion = Insertion::new(8);

const RESTS: [Rest; 4] = [
    Rest::Present,
    Rest::Identified,
    Rest::Faulted(Fault::Mute),
    Rest::Faulted(Fault::Unidentified),
];

/// Every state, with the card of stay `OLD` where there is one.
fn slots() -> Vec<Slot> {
    let at_rest = RESTS.map(|rest| Slot::at_rest(OLD, rest));
    let busy = RESTS.map(|rest| Slot::Busy {
        insertion: OLD,
        rest,
    });
    [Slot::Empty]
        .into_iter()
        .chain(at_rest)
        .chain(busy)
        .collect()
}

fn occupied() -> impl Iterator<Item = Slot> {
    slots().into_iter().filter(|slot| *slot != Slot::Empty)
}

/// Each event about a stay.
const ABOUT: [fn(Insertion) -> SlotEvent; 4] = [
    SlotEvent::JobStarted,
    SlotEvent::JobEnded,
    SlotEvent::Identified,
    SlotEvent::Unidentified,
];

#[test]
fn a_card_that_comes_is_present_whatever_was_there() {
    for slot in slots() {
        let expected = (
            Slot::Present { insertion: NEW },
            Some(Notice::Inserted(NEW)),
        );
        assert_eq!(slot.on(SlotEvent::Inserted(NEW)), expected, "{slot:?}");
    }
}

#[test]
fn a_mute_card_that_comes_is_told_of_whatever_was_there() {
    let mute = Slot::Faulted {
        insertion: NEW,
        fault: Fault::Mute,
    };
    for slot in slots() {
        let expected = (mute, Some(Notice::Unreadable(NEW)));
        assert_eq!(slot.on(SlotEvent::FellMute(NEW)), expected, "{slot:?}");
    }
}

#[test]
fn a_card_that_falls_mute_is_told_of_once() {
    let mute = Slot::Faulted {
        insertion: OLD,
        fault: Fault::Mute,
    };
    for slot in occupied() {
        let told = (!slot.is_mute()).then_some(Notice::Unreadable(OLD));
        assert_eq!(slot.on(SlotEvent::FellMute(OLD)), (mute, told), "{slot:?}");
    }
}

#[test]
fn a_removal_empties_every_slot_and_is_told_of_if_there_was_a_card() {
    assert_eq!(Slot::Empty.on(SlotEvent::Removed), (Slot::Empty, None));
    for slot in occupied() {
        let expected = (Slot::Empty, Some(Notice::Removed(OLD)));
        assert_eq!(slot.on(SlotEvent::Removed), expected, "{slot:?}");
    }
}

#[test]
fn an_event_about_another_stay_changes_nothing() {
    for slot in slots() {
        for about in ABOUT {
            assert_eq!(slot.on(about(NEW)), (slot, None), "{slot:?}");
        }
    }
    for about in ABOUT {
        assert_eq!(Slot::Empty.on(about(OLD)), (Slot::Empty, None));
    }
}

#[test]
fn a_job_comes_and_goes_and_leaves_the_slot_as_it_was() {
    for rest in RESTS {
        let idle = Slot::at_rest(OLD, rest);
        let busy = Slot::Busy {
            insertion: OLD,
            rest,
        };
        for slot in [idle, busy] {
            assert_eq!(
                slot.on(SlotEvent::JobStarted(OLD)),
                (busy, None),
                "{slot:?}"
            );
            assert_eq!(slot.on(SlotEvent::JobEnded(OLD)), (idle, None), "{slot:?}");
        }
    }
}

#[test]
fn what_is_learned_is_kept_at_once_at_rest_and_for_later_in_a_job() {
    let learned = [
        (SlotEvent::Identified(OLD), Rest::Identified),
        (
            SlotEvent::Unidentified(OLD),
            Rest::Faulted(Fault::Unidentified),
        ),
    ];
    for (event, rest) in learned {
        for before in [
            Rest::Present,
            Rest::Identified,
            Rest::Faulted(Fault::Unidentified),
        ] {
            let idle = Slot::at_rest(OLD, before).on(event).0;
            assert_eq!(idle, Slot::at_rest(OLD, rest));
            let busy = Slot::Busy {
                insertion: OLD,
                rest: before,
            }
            .on(event)
            .0;
            assert_eq!(
                busy,
                Slot::Busy {
                    insertion: OLD,
                    rest
                }
            );
        }
    }
}

#[test]
fn a_mute_card_teaches_nothing() {
    for slot in occupied().filter(|slot| slot.is_mute()) {
        for event in [SlotEvent::Identified(OLD), SlotEvent::Unidentified(OLD)] {
            assert_eq!(slot.on(event), (slot, None));
        }
    }
}
