//! A stand that is called over the network, and the authority of its desks.

use std::{error::Error, fs, path::PathBuf, time::Duration};

use hall_client::{
    ClientError, DeskKind, Limits, Terminal, TlsIdentity,
    enrol::{Authority, EnrolError, Issued, Subject},
};
use rand::{SeedableRng as _, rngs::StdRng};
use time::OffsetDateTime;
use tonic::transport::Channel;

use crate::stand::{Plan, Stand};

/// How long a desk waits for the terminal.
const PATIENCE: Duration = Duration::from_secs(30);

const DAY: Duration = Duration::from_secs(86_400);

/// A terminal with `[remote]`, and whoever certifies its desks.
pub struct Site {
    /// The terminal.
    pub stand: Stand,
    /// Where remote desks call: `HOST:PORT`.
    pub address: String,
    authority: Authority,
    directory: tempfile::TempDir,
}

/// A desk of the operator 王芳.
#[must_use]
pub fn desk(kind: DeskKind, name: &str) -> Subject {
    desk_of(kind, name, "王芳")
}

/// A desk and who works there.
#[must_use]
pub fn desk_of(kind: DeskKind, name: &str, operator: &str) -> Subject {
    Subject::Desk {
        kind,
        name: name.to_owned(),
        operator: operator.to_owned(),
    }
}

/// A terminal on this host.
#[must_use]
pub fn terminal() -> Subject {
    Subject::Terminal {
        hosts: vec!["127.0.0.1".to_owned()],
    }
}

/// A minute ago, so that no certificate is from the future.
fn now() -> OffsetDateTime {
    OffsetDateTime::from(std::time::SystemTime::now()) - Duration::from_secs(60)
}

impl Site {
    /// Starts an authority and a terminal that knows it.
    ///
    /// # Errors
    /// A part does not start.
    pub fn open(plan: Plan) -> Result<Self, Box<dyn Error>> {
        let directory = tempfile::tempdir()?;
        let at = |name: &str| directory.path().join(name);
        let authority = Authority::create(directory.path(), "ca", 90 * DAY, DAY, now())?;
        let issued = authority.issue(&terminal(), DAY, now(), &mut rand::rng())?;
        issued.write(&at("t.pem"), &at("t.key"))?;
        let remote = format!(
            "[remote]\nlisten = \"127.0.0.1:0\"\ncertificate = {:?}\nkey = {:?}\nclient_ca = {:?}\n\
             revoked = {:?}\n",
            at("t.pem"),
            at("t.key"),
            at("ca.pem"),
            at("crl.pem")
        );
        let stand = Stand::start(&plan.config(&remote))?;
        let address = announced(&stand.cardd.log()?).ok_or("cardd announces no address")?;
        Ok(Self {
            stand,
            address,
            authority,
            directory,
        })
    }

    /// The authority's certificate.
    #[must_use]
    pub fn ca(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    /// A certificate that is good for a day.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn issue(&self, subject: &Subject) -> Result<Issued, EnrolError> {
        self.issue_at(subject, time::Duration::ZERO)
    }

    /// Valid for one day, from so long after now.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn issue_at(&self, subject: &Subject, shift: time::Duration) -> Result<Issued, EnrolError> {
        let from = now() + shift;
        self.authority.issue(subject, DAY, from, &mut rand::rng())
    }

    /// From another authority of the same name.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn foreign(&self, subject: &Subject) -> Result<Issued, Box<dyn Error>> {
        let other = tempfile::tempdir()?;
        let authority = Authority::create(other.path(), "ca", 90 * DAY, DAY, now())?;
        let rng = &mut StdRng::seed_from_u64(7);
        Ok(authority.issue(subject, DAY, now(), rng)?)
    }

    /// A new certificate for the name of an old one.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn renew(&self, old: &Issued) -> Result<Issued, EnrolError> {
        self.authority
            .renew(&old.certificate, DAY, now(), &mut rand::rng())
    }

    /// Puts a certificate on the list that the terminal reads.
    ///
    /// # Errors
    /// The list cannot be written.
    pub fn revoke(&self, issued: &Issued) -> Result<(), EnrolError> {
        self.authority.revoke(&issued.certificate, DAY, now())
    }

    /// Calls the terminal. A refusal may show at the first call instead.
    ///
    /// # Errors
    /// The terminal does not let it in.
    pub async fn connect(&self, issued: &Issued) -> Result<Terminal, ClientError> {
        // A loaded machine is no reason for a test to fail.
        let limits = Limits {
            connect: PATIENCE,
            answer: PATIENCE,
            ..Limits::default()
        };
        Terminal::connect_tls(&self.url(), &self.identity(issued), limits).await
    }

    /// A channel for requests that the typed client does not make.
    ///
    /// # Errors
    /// The terminal does not let it in.
    pub async fn channel(&self, issued: &Issued) -> Result<Channel, hall_client::tls::Failure> {
        self.identity(issued).channel(&self.url(), PATIENCE).await
    }

    fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    fn identity(&self, issued: &Issued) -> TlsIdentity {
        let ca = fs::read(self.ca()).unwrap_or_default();
        let (certificate, key) = (issued.certificate.as_bytes(), issued.key.as_bytes());
        match TlsIdentity::from_pem(certificate, key, &ca) {
            Ok(identity) => identity,
            Err(error) => panic!("no identity: {error}"),
        }
    }
}

/// The address in cardd's log; it is there before the sockets of the desks are.
fn announced(log: &str) -> Option<String> {
    let line = log
        .lines()
        .find(|line| line.contains("remote desks may call"))?;
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    Some(line.get("address")?.as_str()?.to_owned())
}
