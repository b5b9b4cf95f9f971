//! What comes in wrong: no service, no reader, cards that answer nonsense, requests and
//! configurations that are none. The terminal says what is the matter and goes on.

use std::time::Duration;

use card_sim::{
    rack::{
        shelf::{CardMaker, CounterView, Inspection, MakeError, PinView, RackCard},
        sim_cards::SimCards,
    },
    virtual_card::VirtualCard,
};
use cardd_proto::v1;
use cardd_tests::{
    daemon::cardd,
    desk::{Desk, refusal},
    pcscd::Ending,
    raw::{Raw, channel, detail},
    stand::{Plan, Stand},
};
use hall_client::{AttemptSpent, Event, Happening, Insertion, Reason, ServiceState};
use rand::{SeedableRng as _, rngs::StdRng};
use tonic::Code;

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_comes_later_is_waited_for() {
    let plan = Plan::with_cards(&["w2"]).service_comes_later();
    let mut stand = Stand::start(&plan).unwrap();
    let mut desk = Desk::at(&stand, "billing").await.unwrap();
    let reader = stand.reader("a");
    let any = Insertion::new(1).unwrap();
    assert_eq!(
        desk.terminal.status().await.unwrap().pcsc,
        ServiceState::Down
    );
    assert_eq!(desk.terminal.readers().await.unwrap().list, []);
    let refused = refusal(desk.verify((&reader, any), "830571", false).await);
    assert_eq!(
        (refused.reason, refused.attempt_spent),
        (Reason::ServiceDown, AttemptSpent::No)
    );
    stand.pcscd.restart(Ending::Stop).unwrap();
    stand.rack().unwrap().insert("a", "w2").unwrap();
    let insertion = desk.card(&reader).await.unwrap();
    assert_eq!(desk.terminal.status().await.unwrap().pcsc, ServiceState::Up);
    desk.status((&reader, insertion)).await.unwrap();
}

#[tokio::test]
async fn an_empty_reader_and_no_reader_are_told_apart() {
    let stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    let desk = Desk::at(&stand, "kiosk").await.unwrap();
    let arrived =
        |event: &Event| matches!(event.happening, Happening::ReaderArrived { .. }).then_some(());
    desk.event(arrived).await.unwrap();
    let any = Insertion::new(1).unwrap();
    let empty = refusal(desk.status((&stand.reader("a"), any)).await);
    assert_eq!(empty.reason, Reason::NoCard);
    for name in ["", "Sim a", "Sim b 00 00", "读卡器"] {
        let none = refusal(desk.status((name, any)).await);
        assert_eq!(none.reason, Reason::ReaderUnknown, "{name}");
    }
}

/// A card that answers nonsense, each kind by name.
struct Nonsense(Execute);

/// What a card does with a command.
type Execute = fn(&[u8]) -> Vec<u8>;

const NONSENSE: [(&str, Execute); 8] = [
    ("silent", |_| Vec::new()),
    ("half-a-word", |_| vec![0x90]),
    ("oversize", |_| {
        [vec![0x6F; 65_000], vec![0x90, 0x00]].concat()
    }),
    ("more-for-ever", |_| vec![0x61, 0x00]),
    ("other-length-for-ever", |_| vec![0x6C, 0x10]),
    ("long-length", |_| {
        vec![0x6F, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, 0x90, 0x00]
    }),
    ("empty-success", |_| vec![0x90, 0x00]),
    ("echo", |command| [command, &[0x90, 0x00]].concat()),
];

/// T=0, one historical byte.
const ATR: &[u8] = &[0x3B, 0x01, 0x53];

impl VirtualCard for Nonsense {
    fn power_on(&mut self) -> Vec<u8> {
        ATR.to_vec()
    }

    fn power_off(&mut self) {}

    fn reset(&mut self) -> Vec<u8> {
        ATR.to_vec()
    }

    fn execute(&mut self, command: &[u8]) -> Vec<u8> {
        self.0(command)
    }
}

impl card_sim::faults::Faultable for Nonsense {}

impl RackCard for Nonsense {
    fn inspect(&self) -> Inspection {
        let counter = CounterView {
            name: "pin".into(),
            left: 3,
            limit: 3,
        };
        Inspection {
            pin: PinView::Set,
            pin_right: false,
            key_rights: Vec::new(),
            counters: vec![counter],
            blocked_applications: Vec::new(),
            card_blocked: false,
        }
    }
}

/// Makes cards of nonsense, and good ones.
struct Maker(SimCards);

impl CardMaker for Maker {
    fn personas(&self) -> Vec<String> {
        let nonsense = NONSENSE.iter().map(|(name, _)| (*name).to_owned());
        nonsense.chain(self.0.personas()).collect()
    }

    fn make(&self, name: &str, persona: &str) -> Result<Box<dyn RackCard>, MakeError> {
        match NONSENSE.iter().find(|(known, _)| *known == persona) {
            Some((_, answer)) => Ok(Box::new(Nonsense(*answer))),
            None => self.0.make(name, persona),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_answers_nonsense_is_told_and_holds_nobody_up() {
    let good = SimCards::new(None, Box::new(|| StdRng::seed_from_u64(1)));
    let names: Vec<_> = NONSENSE
        .iter()
        .map(|(name, _)| *name)
        .chain(["w2"])
        .collect();
    let stand = Stand::start_with(&Plan::with_cards(&names), Box::new(Maker(good))).unwrap();
    let desk = Desk::at(&stand, "billing").await.unwrap();
    let (reader, mut rack) = (stand.reader("a"), stand.rack().unwrap());
    let mut position = 0;
    for (name, _) in NONSENSE {
        rack.insert("a", name).unwrap();
        let faulted = |event: &Event| {
            let Happening::CardFaulted {
                insertion, fault, ..
            } = event.happening
            else {
                return None;
            };
            Some((event.position, insertion, fault))
        };
        let told = desk.event_after(position, faulted);
        let told = tokio::time::timeout(Duration::from_secs(20), told).await;
        let (now, insertion, fault) = told
            .unwrap_or_else(|_| unreachable!("{name}: nothing is told"))
            .unwrap();
        let known = [
            Reason::CardUnreadable,
            Reason::CardUnsupported,
            Reason::CardDamaged,
            Reason::CardRefused,
        ];
        assert!(known.contains(&fault), "{name}: {fault:?}");
        let refused = refusal(desk.status((&reader, insertion)).await);
        assert_eq!(
            (refused.reason, refused.attempt_spent),
            (fault, AttemptSpent::No),
            "{name}"
        );
        rack.pull("a").unwrap();
        let gone =
            |event: &Event| (event.happening.code() == "CARD_REMOVED").then_some(event.position);
        position = desk.event_after(now, gone).await.unwrap();
    }
    rack.insert("a", "w2").unwrap();
    let insertion = desk.card(&reader).await.unwrap();
    desk.status((&reader, insertion)).await.unwrap();
    assert_eq!(stand.pins_sent().unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_beyond_all_measure_is_refused_and_nothing_else_happens() {
    let stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    let mut raw = Raw::at(&stand, "billing").await.unwrap();
    let request = v1::GetPinStatusRequest {
        reader: "x".repeat(1024 * 1024),
        insertion: 1,
    };
    let refused = raw.pins.get_pin_status(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::OutOfRange, "{refused:?}");
    for purpose in [0, 99] {
        let request = v1::BeginEntryRequest {
            reader: stand.reader("a"),
            insertion: 1,
            purpose,
        };
        let refused = detail(&raw.pins.begin_entry(request).await.unwrap_err());
        assert_eq!(refused.reason(), v1::Reason::RequestMalformed, "{purpose}");
    }
    raw.terminal
        .get_status(v1::GetStatusRequest {})
        .await
        .unwrap();
}

/// One more than a desk may have is closed at once; the others go on.
#[tokio::test(flavor = "multi_thread")]
async fn connections_of_a_desk_are_bounded() {
    let plan = Plan::with_cards(&["w2"]).config("[limits]\nconnections = 2");
    let stand = Stand::start(&plan).unwrap();
    let one = Desk::at(&stand, "billing").await.unwrap();
    let two = Desk::at(&stand, "billing").await.unwrap();
    one.terminal.status().await.unwrap();
    two.terminal.status().await.unwrap();
    let closed = match Raw::at(&stand, "billing").await {
        Ok(mut third) => third
            .terminal
            .get_status(v1::GetStatusRequest {})
            .await
            .is_err(),
        Err(_refused) => true,
    };
    assert!(closed, "a third connection was served");
    one.terminal.status().await.unwrap();
    let kiosk = Desk::at(&stand, "kiosk").await.unwrap();
    kiosk.terminal.status().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_not_listed_is_at_no_desk() {
    let elsewhere = tempfile::tempdir().unwrap();
    let socket = elsewhere.path().join("listed.sock");
    let desk = format!(
        "[[desk]]\nname = \"listed\"\nkind = \"counter\"\nusers = [\"424242\"]\nsocket = {socket:?}"
    );
    let stand = Stand::start(&Plan::with_cards(&["w2"]).config(&desk)).unwrap();
    let raw = channel(&socket).await.unwrap();
    let mut terminal = v1::terminal_service_client::TerminalServiceClient::new(raw.clone());
    let refused = terminal
        .get_status(v1::GetStatusRequest {})
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated);
    assert_eq!(detail(&refused).reason(), v1::Reason::DeskUnknown);
    let mut pins = v1::pin_service_client::PinServiceClient::new(raw.clone());
    let request = v1::BeginEntryRequest {
        reader: stand.reader("a"),
        insertion: 1,
        purpose: v1::Purpose::Verify.into(),
    };
    let refused = pins.begin_entry(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated);
    let mut ledger = v1::ledger_service_client::LedgerServiceClient::new(raw);
    let refused = ledger
        .list_records(v1::ListRecordsRequest::default())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated);
}

#[test]
fn a_configuration_with_a_slip_is_refused_with_key_and_line() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("cardd.toml");
    for (text, named) in [
        (
            "terminal_id = \"x\"\n\n[limits]\nentry_lifetime = 5\n",
            ["entry_lifetime", "line 4"],
        ),
        (
            "[limits]\nopen_entries = \"many\"\n",
            ["open_entries", "line 2"],
        ),
        (
            "[limits]\nopen_entries = 0\n",
            ["limits.open_entries", "1 to 4096"],
        ),
        ("[pin\n", ["line 1", "not valid"]),
    ] {
        std::fs::write(&file, text).unwrap();
        for command in ["check-config", "serve"] {
            let output = cardd(&[command, "--config", file.to_str().unwrap()]).unwrap();
            assert_eq!(output.status.code(), Some(3), "{command}: {text}");
            let said = String::from_utf8(output.stderr).unwrap();
            for name in named {
                assert!(said.contains(name), "{command}: {said}");
            }
        }
    }
    let missing = cardd(&["check-config", "--config", "/nowhere/cardd.toml"]).unwrap();
    assert_eq!(missing.status.code(), Some(3));
    let said = String::from_utf8(missing.stderr).unwrap();
    assert!(said.contains("/nowhere/cardd.toml"), "{said}");
}
