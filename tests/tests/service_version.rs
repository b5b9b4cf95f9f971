//! A PC/SC service that speaks another version of its protocol than our library.

use std::{
    fs,
    io::{Read as _, Write as _},
    os::unix::net::{UnixListener, UnixStream},
    sync::mpsc,
    thread,
    time::Duration,
};

use cardd_tests::{
    desk::{Desk, refusal},
    pcscd::Ending,
    stand::{Plan, Stand},
};
use hall_client::{AttemptSpent, Insertion, Reason, ServiceState};

/// `SCARD_E_NO_SERVICE`: what pcscd answers a client whose version it does not speak.
const NO_SERVICE: u32 = 0x8010_001D;
const SOON: Duration = Duration::from_secs(20);

/// How a service that does not fit behaves.
#[derive(Debug, Clone, Copy)]
enum Misfit {
    /// It knows the question for the version, and refuses (pcsc-lite `CMD_VERSION`).
    Refuses,
    /// It is too old to know it, and hangs up.
    HangsUp,
}

impl Misfit {
    /// Header of two words, then major, minor and result.
    fn answer(self, mut client: UnixStream) {
        let mut question = [0; 20];
        let asked = client.read_exact(&mut question).is_ok();
        if let (true, Self::Refuses) = (asked, self) {
            let words = [99_u32, 99, NO_SERVICE].map(u32::to_ne_bytes);
            // A client that left hears nothing.
            drop(client.write_all(words.as_flattened()));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_of_another_version_is_told_as_down_until_one_fits() {
    for misfit in [Misfit::Refuses, Misfit::HangsUp] {
        let plan = Plan::with_cards(&["w2"]).service_comes_later();
        let mut stand = Stand::start(&plan).unwrap();
        let socket = stand.pcscd.socket();
        let listener = UnixListener::bind(&socket).unwrap();
        let (called, calls) = mpsc::channel();
        thread::spawn(move || {
            // Ends with the first call after nobody counts any more.
            while let Ok((client, _)) = listener.accept() {
                misfit.answer(client);
                if called.send(()).is_err() {
                    return;
                }
            }
        });
        for attempt in ["the first", "another", "and another"] {
            assert_eq!(calls.recv_timeout(SOON), Ok(()), "{misfit:?}: {attempt}");
        }
        let mut desk = Desk::at(&stand, "billing").await.unwrap();
        let status = desk.terminal.status().await.unwrap();
        assert_eq!(status.pcsc, ServiceState::Down, "{misfit:?}");
        let reader = stand.reader("a");
        let any = (reader.as_str(), Insertion::new(1).unwrap());
        let refused = refusal(desk.verify(any, "830571", false).await);
        assert_eq!(
            (refused.reason, refused.attempt_spent),
            (Reason::ServiceDown, AttemptSpent::No)
        );
        let log = stand.cardd.log().unwrap();
        let told = log.lines().filter(|line| line.contains("another version"));
        assert_eq!(told.count(), 1, "{misfit:?}: once, and not at each attempt");

        drop(calls);
        fs::remove_file(&socket).unwrap();
        stand.pcscd.restart(Ending::Stop).unwrap();
        stand.rack().unwrap().insert("a", "w2").unwrap();
        let insertion = desk.card(&reader).await.unwrap();
        assert_eq!(
            desk.status((&reader, insertion))
                .await
                .unwrap()
                .attempts_remaining,
            Some(6)
        );
    }
}
