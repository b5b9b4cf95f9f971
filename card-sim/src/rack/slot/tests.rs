use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use ifdcardsim::frame::Failure;

use super::*;
use crate::faults::Faultable;
use crate::rack::plan::{Act, PullPhase, When};
use crate::rack::shelf::{Inspection, PinView, RackCard};
use crate::rack::wire::News;
use crate::virtual_card::VirtualCard;

const SOON: Duration = Duration::from_secs(10);

/// Counts what is done to it, shared with the test.
#[derive(Default)]
struct Counts {
    on: AtomicUsize,
    off: AtomicUsize,
    resets: AtomicUsize,
    commands: AtomicUsize,
}

struct Counting {
    counts: Arc<Counts>,
    atr: Vec<u8>,
    response: Vec<u8>,
}

impl VirtualCard for Counting {
    fn power_on(&mut self) -> Vec<u8> {
        self.counts.on.fetch_add(1, Ordering::SeqCst);
        self.atr.clone()
    }
    fn power_off(&mut self) {
        self.counts.off.fetch_add(1, Ordering::SeqCst);
    }
    fn reset(&mut self) -> Vec<u8> {
        self.counts.resets.fetch_add(1, Ordering::SeqCst);
        self.atr.clone()
    }
    fn execute(&mut self, _command: &[u8]) -> Vec<u8> {
        self.counts.commands.fetch_add(1, Ordering::SeqCst);
        self.response.clone()
    }
}

impl Faultable for Counting {}

impl RackCard for Counting {
    fn inspect(&self) -> Inspection {
        Inspection {
            pin: PinView::Empty,
            pin_right: false,
            key_rights: Vec::new(),
            counters: Vec::new(),
            blocked_applications: Vec::new(),
            card_blocked: false,
        }
    }
}

/// A reader that writes down what it is told.
struct Noting(Mutex<Sender<bool>>);

impl Reader for Noting {
    fn card_changed(&self, present: bool) {
        self.0.lock().unwrap().send(present).unwrap();
    }
}

struct Scene {
    slot: Slot,
    wire: Arc<Wire>,
    card: Arc<ShelfCard>,
    counts: Arc<Counts>,
    told: Receiver<bool>,
    link: LinkId,
}

fn scene_with(atr: &[u8], response: &[u8]) -> Scene {
    let counts = Arc::new(Counts::default());
    let card = Counting {
        counts: Arc::clone(&counts),
        atr: atr.to_vec(),
        response: response.to_vec(),
    };
    let wire = Arc::new(Wire::default());
    let slot = Slot::new("desk", Arc::clone(&wire));
    let (tell, told) = channel();
    let link = slot.attach(Arc::new(Noting(Mutex::new(tell)))).unwrap();
    assert!(!told.recv().unwrap(), "empty at first");
    Scene {
        slot,
        wire,
        card: ShelfCard::new("c", "p", Box::new(card)),
        counts,
        told,
        link,
    }
}

fn scene() -> Scene {
    let scene = scene_with(&[0x3B, 0], &[0x90, 0]);
    scene.slot.insert(Arc::clone(&scene.card)).unwrap();
    scene.slot.power_up().unwrap();
    scene
}

impl Scene {
    fn counted(&self) -> [usize; 4] {
        let c = &self.counts;
        [&c.on, &c.off, &c.resets, &c.commands].map(|count| count.load(Ordering::SeqCst))
    }

    fn told(&self) -> Vec<bool> {
        self.told.try_iter().collect()
    }
}

#[test]
fn power_follows_the_reader_and_the_reader_hears_of_the_card() {
    let s = scene_with(&[0x3B, 0], &[0x90, 0]);
    assert_eq!(s.slot.power_up(), Err(Failure::NoCard));
    s.slot.insert(Arc::clone(&s.card)).unwrap();
    assert_eq!(s.slot.insert(Arc::clone(&s.card)), Err(Refused::Occupied));
    assert!(matches!(
        s.slot.transmit(&[0, 0x84]).response,
        Err(Failure::NotPowered)
    ));
    assert_eq!(s.slot.power_up(), Ok(vec![0x3B, 0]));
    assert_eq!(s.slot.reset(), Ok(vec![0x3B, 0]));
    assert_eq!(s.slot.atr(), [0x3B, 0]);
    assert_eq!(s.counted(), [1, 0, 1, 0]);
    s.slot.power_down();
    s.slot.power_down();
    assert_eq!((s.counted(), s.slot.atr()), ([1, 1, 1, 0], Vec::new()));
    s.slot.pull().unwrap();
    assert_eq!(s.counted(), [1, 1, 1, 0], "no power to take twice");
    assert_eq!(s.slot.pull().err(), Some(Refused::NoCard));
    assert_eq!(s.told(), [true, false]);
    assert_eq!(s.slot.view().insertions, 1);
}

#[test]
fn mute_cards_fail_and_do_not_pass_for_others() {
    for atr in [&[][..], &[0x3B; 34]] {
        let s = scene_with(atr, &[0x90, 0]);
        s.slot.insert(Arc::clone(&s.card)).unwrap();
        assert_eq!(s.slot.power_up(), Err(Failure::Mute));
        assert!(s.slot.atr().is_empty());
    }
    let s = scene_with(&[0x3B, 0], &[]);
    s.slot.insert(Arc::clone(&s.card)).unwrap();
    s.slot.power_up().unwrap();
    assert!(matches!(
        s.slot.transmit(&[0, 0x84]).response,
        Err(Failure::Mute)
    ));
    assert_eq!(s.counted()[3], 1);
}

#[test]
fn one_reader_at_a_time_and_power_goes_with_it() {
    let s = scene();
    let (tell, _told) = channel();
    let other: Arc<dyn Reader> = Arc::new(Noting(Mutex::new(tell)));
    assert_eq!(s.slot.attach(Arc::clone(&other)), Err(Taken));
    s.slot.detach(s.link);
    assert_eq!(s.counted(), [1, 1, 0, 0]);
    assert!(!s.slot.view().linked);
    let link = s.slot.attach(other).unwrap();
    s.slot.detach(s.link);
    assert!(
        s.slot.view().linked,
        "a reader that left takes nobody with it"
    );
    s.slot.detach(link);
    assert!(!s.slot.view().linked);
}

#[test]
fn each_pull_phase_differs_in_what_the_card_did_and_the_reader_got() {
    let table = [
        (PullPhase::Before, 0, false),
        (PullPhase::During, 1, false),
        (PullPhase::After, 1, true),
    ];
    for (phase, commands, answered) in table {
        let s = scene();
        s.slot
            .order(Order {
                when: When::Ins(0x20),
                act: Act::Pull(phase),
            })
            .unwrap();
        assert!(
            s.slot.transmit(&[0, 0x84, 0, 0]).response.is_ok(),
            "{phase:?}: another command"
        );
        let answer = s.slot.transmit(&[0, 0x20, 0, 0]);
        assert_eq!(answer.response.is_ok(), answered, "{phase:?}");
        assert_eq!(
            s.slot.view().card.is_some(),
            answered,
            "{phase:?}: still in until answered"
        );
        s.slot.answered(&answer);
        assert_eq!(s.slot.view().card, None, "{phase:?}");
        assert_eq!(s.counted(), [1, 1, 0, 1 + commands], "{phase:?}");
        assert_eq!(s.told(), [true, false], "{phase:?}");
    }
}

/// Sends a VERIFY that is held, does `meanwhile`, and returns what came of the command.
fn held(s: &Scene, phase: HoldPhase, meanwhile: impl FnOnce(&Slot)) -> Result<Vec<u8>, Failure> {
    s.slot
        .order(Order {
            when: When::Ins(0x20),
            act: Act::Hold(phase),
        })
        .unwrap();
    let slot = &s.slot;
    std::thread::scope(|scope| {
        let command = scope.spawn(|| slot.transmit(&[0, 0x20, 0, 0]).response);
        let view = slot.wait_until(SOON, |view| view.held.is_some()).unwrap();
        assert_eq!(view.held, Some(Held { ins: 0x20, phase }));
        meanwhile(slot);
        let response = command.join().unwrap();
        assert_eq!(slot.view().held, None);
        response.map(|response| response.to_vec())
    })
}

#[test]
fn a_hold_ends_with_its_release() {
    for phase in [HoldPhase::Command, HoldPhase::Answer] {
        let s = scene();
        assert!(!s.slot.release(), "nothing to release");
        let response = held(&s, phase, |slot| assert!(slot.release()));
        assert_eq!(response, Ok(vec![0x90, 0]), "{phase:?}");
        assert_eq!(s.counted()[3], 1);
    }
}

#[test]
fn whatever_ends_the_power_cycle_ends_a_hold_without_an_answer() {
    type Ending = fn(&Slot);
    let endings: [Ending; 4] = [
        |slot| drop(slot.pull().unwrap()),
        |slot| slot.power_down(),
        |slot| drop(slot.reset().unwrap()),
        |slot| drop(slot.power_up().unwrap()),
    ];
    for ending in endings {
        for (phase, commands) in [(HoldPhase::Command, 0), (HoldPhase::Answer, 1)] {
            let s = scene();
            assert_eq!(
                held(&s, phase, ending),
                Err(Failure::Interrupted),
                "{phase:?}"
            );
            assert_eq!(s.counted()[3], commands, "{phase:?}");
        }
    }
}

#[test]
fn a_swap_during_a_hold_does_not_give_the_command_to_the_next_card() {
    let s = scene();
    let next = scene_with(&[0x3B, 1], &[0x6D, 0]);
    let swap = |slot: &Slot| {
        slot.pull().unwrap();
        slot.insert(Arc::clone(&next.card)).unwrap();
        slot.power_up().unwrap();
    };
    assert_eq!(
        held(&s, HoldPhase::Command, swap),
        Err(Failure::Interrupted)
    );
    assert_eq!((s.counted()[3], next.counted()[3]), (0, 0));
}

#[test]
fn the_wire_has_every_command_that_reached_the_card() {
    let s = scene();
    s.slot
        .order(Order {
            when: When::Ins(0x20),
            act: Act::Pull(PullPhase::During),
        })
        .unwrap();
    s.slot.transmit(&[0, 0x84, 0, 0, 8]);
    drop(s.slot.transmit(&[0, 0x20, 0, 0, 1, 0x99]));
    drop(s.slot.transmit(&[0, 0x84, 0, 0, 8]));
    let News::Exchanges(all) = s.wire.after(0, Duration::ZERO) else {
        panic!("no exchanges")
    };
    let seen: Vec<_> = all
        .iter()
        .map(|e| (e.header.as_str(), e.status_word.as_deref()))
        .collect();
    assert_eq!(seen, [("00840000", Some("9000")), ("00200000", None)]);
}

#[test]
fn closing_ends_waits_and_holds_long_before_their_time() {
    let s = scene();
    assert_eq!(
        held(&s, HoldPhase::Answer, Slot::close),
        Err(Failure::Interrupted)
    );
    assert_eq!(
        s.slot
            .wait_until(Duration::from_secs(3600), |view| view.held.is_some()),
        None
    );
    assert_eq!(
        s.told(),
        [true, false],
        "the reader is told that the card is out"
    );
}
