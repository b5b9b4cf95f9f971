//! Programs that nobody here wrote: other readers of the card, and gRPC's own services.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use cardd_tests::{
    desk::{Desk, refusal},
    raw::{Raw, foreign},
    stand::{Plan, Stand},
};
use hall_client::{Event, Reason};
use tokio_stream::StreamExt as _;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
    server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
};

/// SELECT of the social security environment, and VERIFY without data, as opensc-tool takes them.
const SELECT_SSSE: &str = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF";
const ASK: &str = "0020000000";

/// With a card that cardd has identified.
async fn with_card() -> (Stand, Desk) {
    let stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    let desk = Desk::at(&stand, "billing").await.unwrap();
    stand.rack().unwrap().insert("a", "w2").unwrap();
    desk.card(&stand.reader("a")).await.unwrap();
    (stand, desk)
}

#[tokio::test(flavor = "multi_thread")]
async fn opensc_reads_a_simulated_card_beside_cardd() {
    let (stand, _desk) = with_card().await;
    let readers = foreign(&stand, "opensc-tool", &["-l"]).unwrap();
    assert!(readers.contains("Sim a 00 00"), "{readers}");
    let atr = foreign(&stand, "opensc-tool", &["-a"]).unwrap();
    let historical = "00:00:53:49:4d:86:00:42:01:00:00:00:12";
    assert!(atr.to_lowercase().contains(historical), "{atr}");
    let spoken = foreign(&stand, "opensc-tool", &["-s", SELECT_SSSE, "-s", ASK]).unwrap();
    assert!(spoken.contains("SW1=0x63, SW2=0xC6"), "{spoken}");
    assert_eq!(stand.tries("w2").unwrap(), 6);
}

/// A program of its own, in a language of its own.
const PYSCARD: &str = "
from smartcard.System import readers
from smartcard.util import toHexString, toBytes
reader = [r for r in readers() if 'Sim a' in str(r)][0]
card = reader.createConnection()
card.connect()
print('ATR', toHexString(card.getATR()))
for apdu in ('00A404000F7378312E73682EC9E7BBE1B1A3D5CF', '00B2012C1A', '0020000000'):
    data, sw1, sw2 = card.transmit(toBytes(apdu))
    print('%02X%02X' % (sw1, sw2), toHexString(data))
card.disconnect()
";

#[tokio::test(flavor = "multi_thread")]
async fn pyscard_reads_a_simulated_card_beside_cardd() {
    let (stand, _desk) = with_card().await;
    let printed = foreign(&stand, "/usr/bin/python3", &["-c", PYSCARD]).unwrap();
    assert!(
        printed.contains("53 49 4D 86 00 42 01 00 00 00 12"),
        "{printed}"
    );
    assert!(
        printed.lines().any(|line| line.starts_with("61")),
        "{printed}"
    );
    assert!(
        printed.lines().any(|line| line.starts_with("63C6")),
        "{printed}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verify_beside_other_programs_is_right_and_leaves_them_nothing() {
    let (stand, mut desk) = with_card().await;
    let reader = stand.reader("a");
    let at = (reader.as_str(), desk.card(&reader).await.unwrap());
    desk.change(at, ["123456", "830571", "830571"])
        .await
        .unwrap();
    desk.verify(at, "830571", false).await.unwrap();
    let spoken = foreign(&stand, "opensc-tool", &["-s", SELECT_SSSE, "-s", ASK]).unwrap();
    assert!(
        spoken.contains("SW1=0x63, SW2=0xC6"),
        "still verified: {spoken}"
    );
    desk.verify(at, "830571", false).await.unwrap();
}

async fn health(raw: &Raw, service: &str) -> ServingStatus {
    let mut client = HealthClient::new(raw.channel.clone());
    let request = HealthCheckRequest {
        service: service.to_owned(),
    };
    client.check(request).await.unwrap().into_inner().status()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_standard_health_service_tells_the_truth() {
    let plan = Plan::with_cards(&["w2"]).service_comes_later();
    let mut stand = Stand::start(&plan).unwrap();
    let raw = Raw::at(&stand, "kiosk").await.unwrap();
    let request = HealthCheckRequest {
        service: "cardd.v1.PinService".to_owned(),
    };
    let mut client = HealthClient::new(raw.channel.clone());
    let mut told = client.watch(request).await.unwrap().into_inner();
    let mut next = async || told.next().await.unwrap().unwrap().status();
    assert_eq!(next().await, ServingStatus::NotServing);
    stand
        .pcscd
        .restart(cardd_tests::pcscd::Ending::Stop)
        .unwrap();
    assert_eq!(next().await, ServingStatus::Serving);
    assert_eq!(health(&raw, "").await, ServingStatus::Serving);
    stand.pcscd.end(cardd_tests::pcscd::Ending::Kill).unwrap();
    assert_eq!(next().await, ServingStatus::NotServing);
}

#[tokio::test(flavor = "multi_thread")]
async fn reflection_lists_the_contract() {
    let stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    let raw = Raw::at(&stand, "kiosk").await.unwrap();
    let request = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut client = ServerReflectionClient::new(raw.channel.clone());
    let asked = tokio_stream::iter([request]);
    let mut answers = client
        .server_reflection_info(asked)
        .await
        .unwrap()
        .into_inner();
    let answer = answers
        .next()
        .await
        .unwrap()
        .unwrap()
        .message_response
        .unwrap();
    let MessageResponse::ListServicesResponse(list) = answer else {
        unreachable!("another answer: {answer:?}")
    };
    let names: Vec<_> = list
        .service
        .iter()
        .map(|service| service.name.as_str())
        .collect();
    for service in ["Terminal", "Reader", "Card", "Pin", "Ledger"] {
        let name = format!("cardd.v1.{service}Service");
        assert!(names.contains(&name.as_str()), "{names:?}");
    }
    assert!(names.contains(&"grpc.health.v1.Health"), "{names:?}");
}

/// The whole line through Debian's own virtual reader, which shares no code with our driver.
#[tokio::test(flavor = "multi_thread")]
async fn the_line_works_through_the_stock_reader() {
    let stand = Stand::start(&Plan::with_cards(&["w2"]).stock_reader()).unwrap();
    let mut desk = Desk::at(&stand, "billing").await.unwrap();
    let reader = stand.reader("a");
    stand.rack().unwrap().insert("a", "w2").unwrap();
    let at = (reader.as_str(), desk.card(&reader).await.unwrap());
    let issued = refusal(desk.verify(at, "123456", false).await);
    assert_eq!(issued.reason, Reason::IssuedPin);
    desk.change(at, ["123456", "830571", "830571"])
        .await
        .unwrap();
    let wrong = refusal(desk.verify(at, "760241", false).await);
    assert_eq!(
        (wrong.reason, wrong.attempts_remaining),
        (Reason::PinWrong, Some(5))
    );
    assert_eq!(stand.tries("w2").unwrap(), 5);
    let verified = desk.verify(at, "830571", false).await.unwrap();
    assert_eq!(verified.attempts_remaining, Some(6));
    stand.rack().unwrap().pull("a").unwrap();
    let removed = |event: &Event| (event.happening.code() == "CARD_REMOVED").then_some(());
    desk.event(removed).await.unwrap();
}
