//! Desks over the network: who is let in, as whom, and what they may call.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod table;

use std::time::{Duration, Instant};

use cardd_tests::{
    set_clock::SetClock,
    site::{Site, desk, terminal},
    stand::Plan,
};
use hall_client::{AttemptSpent, ClientError, DeskKind, Reason, Terminal, enrol::Issued};

fn site() -> Site {
    Site::open(Plan::with_cards(&[])).unwrap()
}

/// Waits until the log gives such a reason; the peer may be told before it is written.
fn logged(site: &Site, word: &str) {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let log = site.stand.cardd.log().unwrap();
        let refused: Vec<_> = log
            .lines()
            .filter(|line| line.contains("a connection was refused"))
            .collect();
        if refused.iter().any(|line| line.contains(word)) {
            return;
        }
        assert!(Instant::now() < deadline, "no {word} in {refused:#?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// What the refused peer is told. The alert may be overtaken by the end of the connection.
async fn refusal(site: &Site, issued: &Issued) -> String {
    let error = match site.connect(issued).await {
        Err(error) => error,
        Ok(terminal) => terminal.status().await.unwrap_err(),
    };
    assert!(
        matches!(error, ClientError::Unreachable { .. }),
        "{error:?}"
    );
    format!("{error:?}")
}

/// What a kind of desk answers to status, readers, ledger, watch and cancelling.
async fn calls(terminal: &Terminal) -> [bool; 4] {
    let may = |denied: Option<Reason>| denied != Some(Reason::NotForThisDesk);
    let reason = |error: ClientError| error.reason();
    let insertion = hall_client::Insertion::new(1).unwrap();
    [
        may(terminal.status().await.err().and_then(reason)),
        may(terminal.readers().await.err().and_then(reason)),
        may(terminal.ledger_records(0, 1).await.err().and_then(reason)),
        may(terminal
            .pin_status("Sim a 00 00", insertion)
            .await
            .err()
            .and_then(reason)),
    ]
}

#[tokio::test]
async fn each_kind_is_who_its_certificate_says_and_calls_what_it_may() {
    let site = site();
    for (kind, expected) in [
        (DeskKind::Billing, [true, true, false, true]),
        (DeskKind::Kiosk, [true, true, false, true]),
        (DeskKind::Counter, [true, true, true, true]),
        (DeskKind::Hall, [true, true, true, false]),
        (DeskKind::Auditor, [true, false, true, false]),
    ] {
        let issued = site.issue(&desk(kind, "d-1")).unwrap();
        let terminal = site.connect(&issued).await.unwrap();
        assert_eq!(calls(&terminal).await, expected, "{kind:?}");
        let seen = terminal.status().await.unwrap().desk;
        let name = format!("{}/d-1", kind.code().to_ascii_lowercase());
        assert_eq!((seen.kind, seen.name), (kind, name));
    }
}

/// Alerts that name a reason (RFC 8446, 6.2).
const TELLING: [&str; 7] = [
    "BadCertificate",
    "UnsupportedCertificate",
    "CertificateExpired",
    "CertificateRevoked",
    "UnknownCA",
    "AccessDenied",
    "DecryptError",
];

#[tokio::test]
async fn the_wire_does_not_tell_why_a_certificate_is_refused() {
    let site = site();
    let (kiosk, day) = (desk(DeskKind::Kiosk, "k-1"), time::Duration::DAY);
    let foreign = site.foreign(&kiosk).unwrap();
    let expired = site.issue_at(&kiosk, -30 * day).unwrap();
    let early = site.issue_at(&kiosk, 30 * day).unwrap();
    let server = site.issue(&terminal()).unwrap();
    let revoked = site.issue(&kiosk).unwrap();
    site.revoke(&revoked).unwrap();
    for (issued, reason) in [
        (&foreign, "BadSignature"),
        (&expired, "Expired"),
        (&early, "NotValidYet"),
        (&server, "InvalidPurpose"),
        (&revoked, "Revoked"),
    ] {
        let refused = refusal(&site, issued).await;
        logged(&site, reason);
        for alert in TELLING {
            assert!(!refused.contains(alert), "{reason}: {refused}");
        }
    }
}

/// The terminal's clock decides, as it is when a desk calls: a step keeps a good certificate out, and
/// the step back lets it in again.
#[tokio::test]
async fn a_clock_set_back_or_forward_keeps_out_and_lets_in_again() {
    let clock = SetClock::new().unwrap();
    let site = Site::open(clock.plan(Plan::with_cards(&[]))).unwrap();
    let issued = site.issue(&desk(DeskKind::Hall, "h-1")).unwrap();
    for (offset, reason) in [("-2d", "NotValidYet"), ("+2d", "Expired")] {
        clock.set(offset).unwrap();
        refusal(&site, &issued).await;
        logged(&site, reason);
        clock.set("+0").unwrap();
        let terminal = site.connect(&issued).await.unwrap();
        assert_eq!(terminal.status().await.unwrap().desk.name, "hall/h-1");
    }
}

#[tokio::test]
async fn a_revocation_needs_no_restart() {
    let site = site();
    let issued = site.issue(&desk(DeskKind::Hall, "h-1")).unwrap();
    let terminal = site.connect(&issued).await.unwrap();
    terminal.status().await.unwrap();
    site.revoke(&issued).unwrap();
    refusal(&site, &issued).await;
    let other = site.issue(&desk(DeskKind::Hall, "h-2")).unwrap();
    let terminal = site.connect(&other).await.unwrap();
    terminal.status().await.unwrap();
}

#[tokio::test]
async fn a_renewal_keeps_the_name_and_makes_a_key() {
    let site = site();
    let old = site.issue(&desk(DeskKind::Counter, "c-1")).unwrap();
    let new = site.renew(&old).unwrap();
    assert_ne!(*old.key, *new.key);
    let terminal = site.connect(&new).await.unwrap();
    assert_eq!(terminal.status().await.unwrap().desk.name, "counter/c-1");
}

/// A ClientHello that offers nothing newer than TLS 1.2: no supported_versions extension.
const TLS_1_2_HELLO: &str = "1603010051\
     0100004d0303000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f00\
     0004c02bc02f0100\
     0020\
     000a000400020017\
     000d00060004\
     04030804\
     000b00020100\
     0017000000230000";

#[tokio::test]
async fn nothing_older_than_tls_1_3_is_spoken() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let site = site();
    let mut stream = tokio::net::TcpStream::connect(&site.address).await.unwrap();
    let hello = hex::decode(TLS_1_2_HELLO.replace(char::is_whitespace, "")).unwrap();
    stream.write_all(&hello).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert_eq!(answer.get(..2), Some(&[0x15, 0x03][..]), "an alert");
    assert_eq!(answer.get(5), Some(&2), "that is fatal");
}

#[tokio::test]
async fn no_refusal_costs_a_try() {
    let site = site();
    let issued = site.foreign(&desk(DeskKind::Kiosk, "k-1")).unwrap();
    let error = match site.connect(&issued).await {
        Err(error) => error,
        Ok(terminal) => terminal.status().await.unwrap_err(),
    };
    assert_eq!(error.attempt_spent(), AttemptSpent::No);
}
