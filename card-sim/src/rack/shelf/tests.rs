use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use super::*;
use crate::virtual_card::VirtualCard;

/// A card whose command takes until the test lets it end.
struct Slow {
    begun: Sender<()>,
    end: Receiver<()>,
}

impl VirtualCard for Slow {
    fn power_on(&mut self) -> Vec<u8> {
        Vec::new()
    }
    fn power_off(&mut self) {}
    fn reset(&mut self) -> Vec<u8> {
        Vec::new()
    }
    fn execute(&mut self, _command: &[u8]) -> Vec<u8> {
        self.begun.send(()).unwrap();
        self.end.recv().unwrap();
        vec![0x90, 0x00]
    }
}

impl crate::faults::Faultable for Slow {}

impl RackCard for Slow {
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

#[test]
fn a_look_inside_waits_for_the_command_to_end() {
    let (begun, has_begun) = channel();
    let (end, ends) = channel();
    let card = ShelfCard::new("c", "p", Box::new(Slow { begun, end: ends }));
    thread::scope(|scope| {
        let working = scope.spawn(|| card.execute(&[0x00, 0x84], None));
        has_begun.recv().unwrap();
        let (looks, is_looking) = channel();
        scope.spawn(move || {
            is_looking.recv().unwrap();
            end.send(()).unwrap();
        });
        looks.send(()).unwrap();
        let (_, traffic) = card.inspect().unwrap();
        assert_eq!(traffic.commands, 1);
        let answer = working.join().unwrap().answer.unwrap();
        assert_eq!(*answer, [0x90, 0x00]);
    });
}
