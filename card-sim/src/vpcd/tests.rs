use std::net::TcpListener;

use super::*;

/// Writes down what it is asked.
#[derive(Default)]
struct Scripted {
    calls: Vec<String>,
    gone: bool,
}

impl Plugged for Scripted {
    fn power_on(&mut self) {
        self.calls.push("on".into());
    }
    fn power_off(&mut self) {
        self.calls.push("off".into());
    }
    fn reset(&mut self) {
        self.calls.push("reset".into());
    }
    fn atr(&mut self) -> Vec<u8> {
        vec![0x3B, 0x00]
    }
    fn execute(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        self.calls.push(hex::encode(command));
        (!self.gone).then(|| vec![0x90, 0x00])
    }
    fn answered(&mut self) {
        self.calls.push("answered".into());
    }
}

/// Sends `messages` as vpcd would and returns what came back.
fn talk(card: &mut Scripted, messages: &[&[u8]]) -> Vec<u8> {
    let vpcd = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = connect(vpcd.local_addr().unwrap().port()).unwrap();
    let (mut peer, _) = vpcd.accept().unwrap();
    for message in messages {
        peer.write_all(&u16::try_from(message.len()).unwrap().to_be_bytes())
            .unwrap();
        peer.write_all(message).unwrap();
    }
    peer.shutdown(std::net::Shutdown::Write).unwrap();
    serve(&stream, card).unwrap();
    drop(stream);
    let mut answer = Vec::new();
    peer.read_to_end(&mut answer).unwrap();
    answer
}

#[test]
fn control_codes_are_verbs_and_only_the_atr_is_answered() {
    let mut card = Scripted::default();
    let answer = talk(&mut card, &[&[1], &[4], &[2], &[0]]);
    assert_eq!(card.calls, ["on", "reset", "off"]);
    assert_eq!(answer, [0, 2, 0x3B, 0x00]);
}

#[test]
fn commands_are_answered_even_the_empty_one() {
    let mut card = Scripted::default();
    let answer = talk(&mut card, &[&[0, 0x84, 0, 0, 8], &[]]);
    assert_eq!(card.calls, ["0084000008", "answered", "", "answered"]);
    assert_eq!(answer, [0, 2, 0x90, 0, 0, 2, 0x90, 0]);
}

#[test]
fn a_card_that_left_closes_the_connection_without_an_answer() {
    let mut card = Scripted {
        gone: true,
        ..Scripted::default()
    };
    let vpcd = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = connect(vpcd.local_addr().unwrap().port()).unwrap();
    let (mut peer, _) = vpcd.accept().unwrap();
    peer.write_all(&[0, 2, 0, 0x20]).unwrap();
    serve(&stream, &mut card).unwrap();
    assert_eq!(card.calls, ["0020"]);
    drop(stream);
    assert_eq!(peer.read(&mut [0; 8]).unwrap(), 0);
}
