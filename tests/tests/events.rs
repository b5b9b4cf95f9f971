//! The stream of events: in order, resumable, bounded; and the return of everything after the
//! PC/SC service was killed.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::time::{Duration, Instant};

use cardd_tests::{
    desk::{Desk, refusal, typed},
    pcscd::Ending,
    stand::{Plan, Stand},
};
use hall_client::{AttemptSpent, Event, Happening, Insertion, Reason, ServiceState, Slot, Verify};
use rand::{SeedableRng as _, rngs::StdRng};
use rustix::process::Signal;

const OWN: &str = "830571";
const SOON: Duration = Duration::from_secs(10);

/// Puts the card in, and swaps it so many times.
async fn swaps(stand: &Stand, desk: &Desk, times: usize) -> Insertion {
    stand.rack().unwrap().insert("a", "w2").unwrap();
    more_swaps(stand, desk, times).await
}

/// Swaps the card so many times; each swap is awaited.
async fn more_swaps(stand: &Stand, desk: &Desk, times: usize) -> Insertion {
    let reader = stand.reader("a");
    let mut rack = stand.rack().unwrap();
    let mut insertion = desk.card(&reader).await.unwrap();
    for _ in 0..times {
        let mut watch = desk.terminal.watch(None).await.unwrap();
        rack.swap("a", "w2").unwrap();
        insertion = loop {
            if let Happening::CardIdentified { insertion, .. } =
                watch.next().await.unwrap().happening
            {
                break insertion;
            }
        };
    }
    insertion
}

#[tokio::test]
async fn a_watcher_that_comes_back_misses_nothing_and_gets_nothing_twice() {
    let stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    let desk = Desk::at(&stand, "billing").await.unwrap();
    swaps(&stand, &desk, 2).await;
    let newest = desk.terminal.readers().await.unwrap().position;
    let mut whole = Vec::new();
    let mut watch = desk.terminal.watch(Some(0)).await.unwrap();
    while watch.position() < Some(newest) {
        whole.push(watch.next().await.unwrap());
    }
    let positions: Vec<_> = whole.iter().map(|event| event.position).collect();
    let first = whole.first().unwrap().position;
    assert_eq!(positions, (first..=newest).collect::<Vec<_>>());
    let codes: Vec<_> = whole.iter().map(|event| event.happening.code()).collect();
    assert_eq!(
        codes,
        [
            "SERVICE_CHANGED",
            "READER_ARRIVED",
            "CARD_INSERTED",
            "CARD_IDENTIFIED",
            "CARD_REMOVED",
            "CARD_INSERTED",
            "CARD_IDENTIFIED",
            "CARD_REMOVED",
            "CARD_INSERTED",
            "CARD_IDENTIFIED"
        ]
    );
    for (left_at, next) in (first..newest).zip(whole.iter().skip(1)) {
        let mut watch = desk.terminal.watch(Some(left_at)).await.unwrap();
        assert_eq!(&watch.next().await.unwrap(), next);
    }
}

#[tokio::test]
async fn a_lost_position_brings_the_whole_state_once() {
    let plan = Plan::with_cards(&["w2"]).config("[limits]\nevent_buffer = 16");
    let stand = Stand::start(&plan).unwrap();
    let desk = Desk::at(&stand, "billing").await.unwrap();
    let before = desk.terminal.readers().await.unwrap().position;
    let insertion = swaps(&stand, &desk, 6).await;
    let newest = desk.terminal.readers().await.unwrap().position;
    assert!(newest > before + 16);
    let mut watch = desk.terminal.watch(Some(before)).await.unwrap();
    let first = watch.next().await.unwrap();
    assert_eq!(first.position, newest);
    let Happening::Resync { readers } = first.happening else {
        panic!("no resync: {first:?}")
    };
    let slots: Vec<_> = readers.iter().map(|reader| &reader.slot).collect();
    assert!(
        matches!(slots[..], [Slot::Identified { insertion: at, .. }] if *at == insertion),
        "{slots:?}"
    );
    stand.rack().unwrap().pull("a").unwrap();
    let next = watch.next().await.unwrap();
    assert_eq!(next.position, newest + 1);
    assert_eq!(next.happening.code(), "CARD_REMOVED");
}

#[tokio::test]
async fn a_position_of_another_life_brings_the_whole_state() {
    let stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    let desk = Desk::at(&stand, "billing").await.unwrap();
    swaps(&stand, &desk, 0).await;
    let mut watch = desk.terminal.watch(Some(u64::MAX)).await.unwrap();
    assert_eq!(watch.next().await.unwrap().happening.code(), "RESYNC");
}

/// A watcher saw a few events, cardd is killed, and the next life has told more than those when the
/// watcher comes back: they are no part of what it has seen.
#[tokio::test(flavor = "multi_thread")]
async fn a_life_that_told_more_is_not_taken_for_the_one_before() {
    let mut stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    let desk = Desk::at(&stand, "billing").await.unwrap();
    swaps(&stand, &desk, 0).await;
    let seen = desk.terminal.readers().await.unwrap().position;
    stand.cardd.end(Signal::KILL).unwrap();
    stand.cardd.spawn().unwrap();
    let desk = Desk::at(&stand, "billing").await.unwrap();
    let insertion = more_swaps(&stand, &desk, 3).await;
    let mut watch = desk.terminal.watch(Some(seen)).await.unwrap();
    let first = watch.next().await.unwrap();
    let Happening::Resync { readers } = first.happening else {
        panic!("no resync: {first:?}")
    };
    let slots: Vec<_> = readers.iter().map(|reader| &reader.slot).collect();
    assert!(
        matches!(slots[..], [Slot::Identified { insertion: at, .. }] if *at == insertion),
        "{slots:?}"
    );
    assert_eq!(
        watch.position(),
        Some(desk.terminal.readers().await.unwrap().position)
    );
}

#[tokio::test]
async fn watchers_are_counted_and_give_their_place_back() {
    let plan = Plan::with_cards(&["w2"]).config("[limits]\nwatchers = 2");
    let stand = Stand::start(&plan).unwrap();
    let desk = Desk::at(&stand, "billing").await.unwrap();
    let other = Desk::at(&stand, "kiosk").await.unwrap();
    let first = desk.terminal.watch(None).await.unwrap();
    let _second = other.terminal.watch(None).await.unwrap();
    let refused = refusal(other.terminal.watch(None).await);
    assert_eq!(
        (refused.reason, refused.attempt_spent),
        (Reason::TooManyWatchers, AttemptSpent::No)
    );
    drop(first);
    // The place is free once cardd has noticed.
    let free = async { while desk.terminal.watch(None).await.is_err() {} };
    tokio::time::timeout(SOON, free).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_the_daemon_and_says_where_to_go_on() {
    let mut stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    let desk = Desk::at(&stand, "billing").await.unwrap();
    swaps(&stand, &desk, 0).await;
    let newest = desk.terminal.readers().await.unwrap().position;
    let mut watch = desk.terminal.watch(Some(0)).await.unwrap();
    while watch.position() < Some(newest) {
        watch.next().await.unwrap();
    }
    stand.cardd.signal(Signal::TERM).unwrap();
    let ended = tokio::time::timeout(SOON, watch.next())
        .await
        .unwrap()
        .unwrap_err();
    assert_eq!(ended.resume_after, Some(newest));
    drop((watch, desk));
    assert_eq!(stand.cardd.end(Signal::TERM).unwrap().code(), Some(0));
}

/// What is told, from the end of the service to the card that is known again.
async fn until_known_again(desk: &Desk, after: u64) -> (Vec<&'static str>, Insertion) {
    let mut watch = desk.terminal.watch(Some(after)).await.unwrap();
    let mut codes = Vec::new();
    loop {
        let event: Event = watch.next().await.unwrap();
        codes.push(event.happening.code());
        if let Happening::CardIdentified { insertion, .. } = event.happening {
            return (codes, insertion);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_service_comes_back_with_new_insertions() {
    let mut stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    let mut desk = Desk::at(&stand, "billing").await.unwrap();
    let reader = stand.reader("a");
    let mut insertion = swaps(&stand, &desk, 0).await;
    desk.change((&reader, insertion), ["123456", OWN, OWN])
        .await
        .unwrap();
    for ending in [Ending::Kill, Ending::Stop, Ending::Kill] {
        let position = desk.terminal.readers().await.unwrap().position;
        let entry = desk
            .terminal
            .begin_entry(&reader, insertion, Verify)
            .await
            .unwrap();
        stand.pcscd.end(ending).unwrap();
        let down =
            |event: &Event| matches!(event.happening, Happening::ReaderGone { .. }).then_some(());
        desk.event_after(position, down).await.unwrap();
        assert_eq!(
            desk.terminal.status().await.unwrap().pcsc,
            ServiceState::Down
        );
        let refused = refusal(desk.verify((&reader, insertion), OWN, false).await);
        assert_eq!(
            (refused.reason, refused.attempt_spent),
            (Reason::ServiceDown, AttemptSpent::No)
        );
        stand.pcscd.restart(ending).unwrap();
        let up = Instant::now();
        let again = tokio::time::timeout(SOON, until_known_again(&desk, position));
        let (codes, new) = again.await.unwrap();
        eprintln!(
            "{ending:?}: served again {:?} after pcscd listened",
            up.elapsed()
        );
        assert_eq!(
            codes,
            [
                "SERVICE_CHANGED",
                "CARD_REMOVED",
                "READER_GONE",
                "SERVICE_CHANGED",
                "READER_ARRIVED",
                "CARD_INSERTED",
                "CARD_IDENTIFIED"
            ]
        );
        assert!(new > insertion, "a card that stayed has a new insertion");
        let sent = stand.pins_sent().unwrap();
        let mut rng = StdRng::seed_from_u64(8);
        let void = refusal(entry.verify(typed(OWN), &mut rng).await);
        assert_eq!(void.reason, Reason::EntryUnknown);
        let old = refusal(desk.verify((&reader, insertion), OWN, false).await);
        assert_eq!(old.reason, Reason::CardChanged);
        assert_eq!(stand.pins_sent().unwrap(), sent);
        desk.verify((&reader, new), OWN, false).await.unwrap();
        insertion = new;
    }
    assert_eq!(stand.tries("w2").unwrap(), 6);
}
