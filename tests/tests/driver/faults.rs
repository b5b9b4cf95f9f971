//! What a card does wrong reaches PC/SC as what it is, and the reader stays.

use card_sim::faults::{Act, CardFault, Plan, When};
use cardd_tests::pcscd::in_own_process;
use pcsc::{Context, Error, ReaderState, State};

use crate::stage::client::{SOON, connect, context, reader_of, transmit, wait_for};
use crate::stage::{ECHO, Stage};

/// A command that the card does not know, and its answer.
const UNKNOWN: (&[u8], &[u8]) = (&[0x80, 0x01, 0, 0], &[0x6D, 0]);

/// What [`ECHO`] is answered by a card that does as it should.
const ANSWER: &[u8] = &[1, 2, 3, 0x90, 0];

/// What PC/SC tells of an answer to [`ECHO`] that comes after [`UNKNOWN`].
fn table() -> Vec<(CardFault, Result<Vec<u8>, Error>)> {
    let told = |bytes: &[u8]| Ok(bytes.to_vec());
    let torn = || Err(Error::NotTransacted);
    vec![
        (CardFault::Mute { carried_out: true }, torn()),
        (CardFault::Mute { carried_out: false }, torn()),
        (CardFault::PowerCut { writes: 0 }, torn()),
        (CardFault::Empty, told(&[])),
        (CardFault::Slow { ms: 1 }, told(ANSWER)),
        (CardFault::Cut { bytes: 1 }, told(&[1])),
        (CardFault::Cut { bytes: 4 }, told(&[1, 2, 3, 0x90])),
        (
            CardFault::Padded { bytes: 2 },
            told(&[1, 2, 3, 0, 0, 0x90, 0]),
        ),
        (CardFault::Repeated, told(UNKNOWN.1)),
        (
            CardFault::Status { word: 0x6F00 },
            told(&[1, 2, 3, 0x6F, 0]),
        ),
    ]
}

/// PC/SC's count of cards that came to the reader and left.
fn events(context: &Context) -> u32 {
    let mut states = [ReaderState::new(reader_of(context, "s0"), State::UNAWARE)];
    context.get_status_change(SOON, &mut states).unwrap();
    states[0].event_count()
}

#[test]
fn each_fault_of_a_card_reaches_pcsc_and_its_reader_stays() {
    in_own_process(
        "faults::each_fault_of_a_card_reaches_pcsc_and_its_reader_stays",
        |run| {
            let stage = Stage::set(run, 1);
            let context = context();
            let mut rack = stage.client();
            for (fault, told) in table() {
                rack.insert("s0", "scripted").unwrap();
                let card = connect(&context, "s0");
                assert_eq!(transmit(&card, UNKNOWN.0).unwrap(), UNKNOWN.1);
                let stay = events(&context);
                let mut plan = Plan::default();
                plan.add(When::Ins(0xEE), Act::Card(fault)).unwrap();
                rack.fault("s0", &plan).unwrap();
                assert_eq!(transmit(&card, ECHO), told, "{fault:?}");
                assert_eq!(events(&context), stay, "{fault:?}: the card stays");
                rack.pull("s0").unwrap();
                wait_for(&context, "s0", State::EMPTY);
            }
        },
    )
    .unwrap();
}
