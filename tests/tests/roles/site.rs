//! A stand that is called over the network, and the authority of its desks.

use std::{
    fs,
    time::{Duration, Instant},
};

use cardd_tests::stand::{Plan, Stand};
use hall_client::{
    ClientError, DeskKind, Limits, Terminal, TlsIdentity,
    enrol::{Authority, Issued, Subject},
};
use rand::{SeedableRng as _, rngs::StdRng};
use time::OffsetDateTime;

const DAY: Duration = Duration::from_secs(86_400);

pub(crate) struct Site {
    pub(crate) stand: Stand,
    pub(crate) address: String,
    authority: Authority,
    directory: tempfile::TempDir,
}

pub(crate) fn desk(kind: DeskKind, name: &str) -> Subject {
    Subject::Desk {
        kind,
        name: name.to_owned(),
        operator: "王芳".to_owned(),
    }
}

pub(crate) fn terminal() -> Subject {
    Subject::Terminal {
        hosts: vec!["127.0.0.1".to_owned()],
    }
}

/// A minute ago, so that no certificate is from the future.
fn now() -> OffsetDateTime {
    OffsetDateTime::from(std::time::SystemTime::now()) - Duration::from_secs(60)
}

impl Site {
    pub(crate) fn open() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        let authority = Authority::create(directory.path(), "ca", 90 * DAY, DAY, now()).unwrap();
        let issued = authority.issue(&terminal(), DAY, now(), &mut rand::rng());
        issued.unwrap().write(&at("t.pem"), &at("t.key")).unwrap();
        let remote = format!(
            "[remote]\nlisten = \"127.0.0.1:0\"\ncertificate = {:?}\nkey = {:?}\nclient_ca = {:?}\n\
             revoked = {:?}\n",
            at("t.pem"),
            at("t.key"),
            at("ca.pem"),
            at("crl.pem")
        );
        let stand = Stand::start(&Plan::with_cards(&[]).config(&remote)).unwrap();
        let address = announced(&stand.cardd.log().unwrap());
        Self {
            stand,
            address,
            authority,
            directory,
        }
    }

    pub(crate) fn issue(&self, subject: &Subject) -> Issued {
        self.issue_at(subject, time::Duration::ZERO)
    }

    /// Valid for one day, from so long after now.
    pub(crate) fn issue_at(&self, subject: &Subject, shift: time::Duration) -> Issued {
        let (from, rng) = (now() + shift, &mut rand::rng());
        self.authority.issue(subject, DAY, from, rng).unwrap()
    }

    /// From another authority of the same name.
    pub(crate) fn foreign(&self, subject: &Subject) -> Issued {
        let other = tempfile::tempdir().unwrap();
        let authority = Authority::create(other.path(), "ca", 90 * DAY, DAY, now()).unwrap();
        let rng = &mut StdRng::seed_from_u64(7);
        authority.issue(subject, DAY, now(), rng).unwrap()
    }

    pub(crate) fn renew(&self, old: &Issued) -> Issued {
        let rng = &mut rand::rng();
        self.authority
            .renew(&old.certificate, DAY, now(), rng)
            .unwrap()
    }

    pub(crate) fn revoke(&self, issued: &Issued) {
        self.authority
            .revoke(&issued.certificate, DAY, now())
            .unwrap();
    }

    pub(crate) async fn connect(&self, issued: &Issued) -> Result<Terminal, ClientError> {
        let ca = fs::read(self.directory.path().join("ca.pem")).unwrap();
        let (certificate, key) = (issued.certificate.as_bytes(), issued.key.as_bytes());
        let identity = TlsIdentity::from_pem(certificate, key, &ca).unwrap();
        let address = format!("https://{}", self.address);
        Terminal::connect_tls(&address, &identity, Limits::default()).await
    }

    /// Waits until the log gives such a reason; the peer may be told before it is written.
    pub(crate) fn reason(&self, word: &str) {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let log = self.stand.cardd.log().unwrap();
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
    pub(crate) async fn refusal(&self, issued: &Issued) -> String {
        let error = match self.connect(issued).await {
            Err(error) => error,
            Ok(terminal) => terminal.status().await.unwrap_err(),
        };
        assert!(
            matches!(error, ClientError::Unreachable { .. }),
            "{error:?}"
        );
        format!("{error:?}")
    }
}

/// The address in cardd's log; it is there before the sockets of the desks are.
fn announced(log: &str) -> String {
    let line = log
        .lines()
        .find(|line| line.contains("remote desks may call"))
        .unwrap();
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    line.get("address").unwrap().as_str().unwrap().to_owned()
}
