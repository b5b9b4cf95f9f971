use proptest::prelude::*;

use super::*;

/// What can happen around a slot.
#[derive(Debug, Clone, Copy)]
enum Happening {
    LinkUp,
    LinkDown,
    Inserted,
    Removed,
    Wake,
    /// pcscd's loop takes its next step: poll if there is news, then ask.
    Loop,
    /// Another thread of pcscd asks, as before each power action.
    AskedByOther,
}

/// pcscd and the world, as far as they matter here.
struct World {
    view: SlotView,
    linked: bool,
    /// Number of the card in the slot.
    card: Option<u32>,
    cards: u32,
    /// What pcscd's loop takes to be in the slot: the number of the card it saw.
    believed: Option<u32>,
    asking: bool,
}

impl World {
    fn new() -> Self {
        let (card, believed) = (None, None);
        Self {
            view: SlotView::new(),
            linked: false,
            card,
            cards: 0,
            believed,
            asking: true,
        }
    }

    fn happens(&mut self, what: Happening) {
        match what {
            Happening::LinkUp if !self.linked => {
                self.linked = true;
                self.view.link_up();
            }
            Happening::LinkDown if self.linked => {
                self.linked = false;
                self.card = None;
                self.view.link_down();
            }
            Happening::Inserted if self.linked && self.card.is_none() => {
                self.cards += 1;
                self.card = Some(self.cards);
                self.view.inserted();
            }
            Happening::Removed if self.card.is_some() => {
                self.card = None;
                self.view.removed();
            }
            Happening::Wake => self.view.wake(),
            Happening::Loop => self.pcscd_step(),
            Happening::AskedByOther => drop(self.view.presence()),
            Happening::LinkUp | Happening::LinkDown | Happening::Inserted | Happening::Removed => {}
        }
    }

    /// The loop of pcscd: ask, then poll; other things may happen between the two.
    fn pcscd_step(&mut self) {
        if self.asking {
            self.ask();
            self.asking = false;
        } else {
            self.view.poll_begins();
            if self.view.poll_has_news() {
                self.view.poll_ends();
                self.asking = true;
            }
        }
    }

    fn ask(&mut self) {
        match (self.view.presence(), self.believed) {
            (Presence::Present, None) => self.believed = self.card,
            // The crucial point: pcscd may only go on believing in the very same card.
            (Presence::Present, Some(old)) => assert_eq!(self.card, Some(old), "card exchanged"),
            (Presence::Absent, _) => self.believed = None,
            // pcscd keeps the card's handles alive while a reader is unavailable.
            (Presence::Gone, _) => {}
        }
    }

    /// Lets the loop run until it waits; the number of steps is bounded.
    fn settle(&mut self) {
        for _ in 0..10 {
            self.pcscd_step();
        }
    }
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        Just(Happening::LinkUp),
        Just(Happening::LinkDown),
        Just(Happening::Inserted),
        Just(Happening::Inserted),
        Just(Happening::Removed),
        Just(Happening::Wake),
        Just(Happening::Loop),
        Just(Happening::Loop),
        Just(Happening::Loop),
        Just(Happening::AskedByOther),
    ]
}

proptest! {
    #[test]
    fn pcscd_never_takes_one_card_for_another_and_ends_up_right(
        story in proptest::collection::vec(happening(), 0..80),
    ) {
        let mut world = World::new();
        for what in story {
            world.happens(what);
        }
        world.settle();
        if world.linked {
            prop_assert_eq!(world.believed, world.card);
        }
        prop_assert!(world.asking || !world.view.poll_has_news(), "the loop never comes to rest");
    }
}

#[test]
fn a_rack_that_never_came_is_an_empty_slot_and_one_that_left_is_gone() {
    let mut view = SlotView::new();
    assert_eq!(view.presence(), Presence::Absent);
    view.link_up();
    assert_eq!(view.presence(), Presence::Absent);
    view.link_down();
    assert_eq!(view.presence(), Presence::Gone);
}

#[test]
fn a_removal_stays_visible_until_the_loop_has_come_round() {
    let mut view = SlotView::new();
    view.link_up();
    view.inserted();
    view.poll_begins();
    view.poll_ends();
    assert_eq!(view.presence(), Presence::Present);
    view.removed();
    view.inserted();
    assert_eq!(
        view.presence(),
        Presence::Absent,
        "asked by another thread first"
    );
    view.poll_begins();
    assert!(view.poll_has_news());
    view.poll_ends();
    assert_eq!(view.presence(), Presence::Absent, "the loop is told");
    view.poll_begins();
    assert!(view.poll_has_news(), "and called back for the new card");
    view.poll_ends();
    assert_eq!(view.presence(), Presence::Present);
    view.poll_begins();
    assert!(!view.poll_has_news());
}

#[test]
fn a_wake_up_that_comes_between_two_polls_is_not_lost_and_counts_once() {
    let mut view = SlotView::new();
    view.wake();
    view.poll_begins();
    assert!(view.poll_has_news());
    view.poll_ends();
    view.poll_begins();
    assert!(!view.poll_has_news());
}
