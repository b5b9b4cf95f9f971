//! Simulated social security cards in a real pcscd: through our own driver and the stock one.

use crate::stage::Stage;
use crate::stage::client::{SOON, connect, context, transmit, wait_for};
use card_sim::rack::config::{CardConfig, Config, SlotConfig};
use card_sim::rack::control::{PullAt, Until};
use card_sim::rack::plan::{PullPhase, When};
use cardd_tests::pcscd::in_own_process;
use pcsc::{Error, State};

/// SELECT of the social security environment (人社信息函〔2012〕37号), by name.
const SELECT_SSSE: &[u8] = b"\x00\xA4\x04\x00\x0Fsx1.sh.\xC9\xE7\xBB\xE1\xB1\xA3\xD5\xCF";

/// VERIFY (LD/T 32.5) with a PIN that is not the card's.
const WRONG_PIN: &[u8] = &[0x00, 0x20, 0x00, 0x00, 0x03, 0x99, 0x99, 0x99];

fn slot(name: &str, vpcd_port: Option<u16>) -> SlotConfig {
    SlotConfig {
        name: name.to_owned(),
        reader: None,
        card: None,
        vpcd_port,
    }
}

#[test]
fn a_social_security_card_counts_wrong_pins_and_keeps_the_count_over_a_pull() {
    in_own_process(
        "cards::a_social_security_card_counts_wrong_pins_and_keeps_the_count_over_a_pull",
        |run| {
            let stage = Stage::with_cards(run, own_driver());
            let context = context();
            let mut rack = stage.client();
            rack.insert("s0", "zhang").unwrap();
            let card = connect(&context, "s0");
            assert_eq!(transmit(&card, SELECT_SSSE).unwrap()[..1], [0x61]);
            assert_eq!(transmit(&card, WRONG_PIN), Ok(vec![0x63, 0xC5]));
            rack.pull_at(
                "s0",
                PullAt {
                    when: When::Ins(0x20),
                    phase: PullPhase::During,
                },
            )
            .unwrap();
            let torn = transmit(&card, WRONG_PIN);
            assert!(
                matches!(torn, Err(Error::NotTransacted | Error::RemovedCard)),
                "{torn:?}"
            );
            rack.wait("s0", Until::Empty, SOON).unwrap();
            let inside = rack.inspect("zhang").unwrap().inside;
            assert_eq!(inside.counter("pin").map(|pin| pin.left), Some(4));
            wait_for(&context, "s0", State::EMPTY);
            rack.insert("s0", "zhang").unwrap();
            let card = connect(&context, "s0");
            transmit(&card, SELECT_SSSE).unwrap();
            assert_eq!(transmit(&card, WRONG_PIN), Ok(vec![0x63, 0xC3]));
        },
    )
    .unwrap();

    fn own_driver() -> Config {
        let card = CardConfig {
            name: "zhang".into(),
            persona: "w2".into(),
        };
        Config {
            state_dir: None,
            slots: vec![slot("s0", None)],
            cards: vec![card],
        }
    }
}

/// Two adjacent free ports: vpcd listens at both.
fn two_free_ports() -> u16 {
    use std::net::TcpListener;
    let free = |port| TcpListener::bind(("0.0.0.0", port)).is_ok();
    (0..100)
        .find_map(|_| {
            let port = TcpListener::bind("127.0.0.1:0")
                .ok()?
                .local_addr()
                .ok()?
                .port();
            (port < u16::MAX && free(port) && free(port + 1)).then_some(port)
        })
        .unwrap()
}

#[test]
fn the_stock_reader_shows_the_same_card() {
    in_own_process("cards::the_stock_reader_shows_the_same_card", |run| {
        let slots = vec![slot("s0", Some(two_free_ports()))];
        let config = Config {
            state_dir: None,
            slots,
            cards: Vec::new(),
        };
        let stage = Stage::with_cards(run, config);
        let context = context();
        let mut rack = stage.client();
        rack.insert("s0", "w2").unwrap();
        let card = connect(&context, "s0");
        assert_eq!(transmit(&card, SELECT_SSSE).unwrap()[..1], [0x61]);
        assert_eq!(transmit(&card, WRONG_PIN), Ok(vec![0x63, 0xC5]));
        let inside = rack.inspect("s0").unwrap().inside;
        assert_eq!(inside.counter("pin").map(|pin| pin.left), Some(5));
        rack.pull("s0").unwrap();
        wait_for(&context, "s0", State::EMPTY);
        rack.insert("s0", "w2").unwrap();
        wait_for(&context, "s0", State::PRESENT);
        // A rack that stops takes its cards out of the stock reader too.
        drop(rack);
        let mut stage = stage;
        stage.stop_rack();
        wait_for(&context, "s0", State::EMPTY);
    })
    .unwrap();
}
