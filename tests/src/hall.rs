//! The hall's end of an issuer transaction, with the test roots of the simulated cards. It answers
//! as told, wrongly too.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use card_sim::{
    crypto::{Factors, Key, SessionKey, Suite, card_key, pin_block},
    pin::Pin,
};
use cardd_proto::{
    entry::{Binding, Typed, seal},
    v1::{
        self, Purpose, card_message::Kind as Said, hall_message::Kind as Answer,
        issuer_service_client::IssuerServiceClient,
    },
};
use rand::{SeedableRng as _, rngs::StdRng};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Status, Streaming, transport::Channel};

use crate::{desk::typed, raw::channel, stand::Stand};

/// How the hall answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// As it should.
    Right,
    /// The unblock key is another one.
    WrongKey,
    /// The MAC of the secure message is wrong.
    WrongMac,
    /// The message is computed for the challenge before the last.
    OldChallenge,
    /// Another command than the granted one.
    OtherCommand,
    /// The stream is cut instead of this answer, counted from 0.
    CutBefore(usize),
    /// This answer never comes, and the stream stays open.
    SilentBefore(usize),
}

/// A connection of the hall to a terminal.
#[derive(Debug)]
pub struct Hall {
    client: IssuerServiceClient<Channel>,
}

/// A transaction under way.
#[derive(Debug)]
pub struct Transaction {
    answers: Option<mpsc::Sender<v1::HallMessage>>,
    said: Streaming<v1::CardMessage>,
    manner: Manner,
    issued: String,
    opened: Option<v1::CardOpened>,
    unblock_challenge: Vec<u8>,
    given: usize,
    /// Asked and not answered yet.
    asked: Option<Said>,
    /// What was answered for the unblock key.
    unblock_answer: Option<v1::Authentication>,
    replayed: Option<v1::Authentication>,
}

/// Where a transaction stands when somebody else is to act.
#[derive(Debug)]
pub enum Stands {
    /// The holder is asked.
    HolderPinWanted(v1::HolderPinWanted),
    /// It is over.
    Done(v1::OperationDone),
}

impl Hall {
    /// Connects to the hall's socket of a stand.
    ///
    /// # Errors
    /// cardd does not answer.
    pub async fn at(stand: &Stand) -> Result<Self, tonic::transport::Error> {
        Self::at_desk(stand, "hall").await
    }

    /// Connects to the socket of any desk.
    ///
    /// # Errors
    /// cardd does not answer.
    pub async fn at_desk(stand: &Stand, desk: &str) -> Result<Self, tonic::transport::Error> {
        let client = IssuerServiceClient::new(channel(&stand.socket(desk)).await?);
        Ok(Self { client })
    }

    /// Begins a transaction for a grant that this user opened at a counter of this host; a reset
    /// sets `issued`.
    ///
    /// # Errors
    /// As cardd refuses.
    pub async fn begin(
        &mut self,
        grant: &[u8],
        manner: Manner,
        issued: &str,
    ) -> Result<Transaction, Status> {
        self.begin_for(grant, &own_user(), manner, issued).await
    }

    /// As [`Hall::begin`], for a grant from `operator`.
    ///
    /// # Errors
    /// As cardd refuses.
    pub async fn begin_for(
        &mut self,
        grant: &[u8],
        operator: &str,
        manner: Manner,
        issued: &str,
    ) -> Result<Transaction, Status> {
        let (answers, stream) = mpsc::channel(4);
        let begin = Answer::Begin(v1::Begin {
            grant: grant.to_vec(),
            operator: operator.to_owned(),
        });
        let message = v1::HallMessage { kind: Some(begin) };
        answers
            .send(message)
            .await
            .map_err(|error| Status::internal(error.to_string()))?;
        let said = self
            .client
            .operate(ReceiverStream::new(stream))
            .await?
            .into_inner();
        Ok(Transaction {
            answers: Some(answers),
            said,
            manner,
            issued: issued.to_owned(),
            opened: None,
            unblock_challenge: Vec::new(),
            given: 0,
            asked: None,
            unblock_answer: None,
            replayed: None,
        })
    }
}

/// How the terminal knows whoever runs this at a socket.
#[must_use]
pub fn own_user() -> String {
    format!("uid:{}", rustix::process::geteuid().as_raw())
}

/// Roots of the simulated cards: name, first byte; each byte is one more than the last.
const ROOTS: [(&str, u8); 4] = [("irk", 0), ("puk", 0x10), ("stk", 0x20), ("rkssse", 0x30)];

/// The test roots of the simulated cards in a file, as `hall issuer --keys` reads them.
///
/// # Errors
/// The file cannot be written.
pub fn roots_file(directory: &Path) -> io::Result<PathBuf> {
    let mut text = "profile = \"simulation\"\n".to_owned();
    for suite in ["des", "sm4"] {
        for (kind, first) in ROOTS {
            let length = if (suite, kind) == ("des", "stk") {
                8
            } else {
                16
            };
            let key: Vec<u8> = (first..first + length).collect();
            text += &format!(
                "[[root]]\nkind = {kind:?}\nsuite = {suite:?}\nlevel = \"national\"\nkey = {:?}\n",
                hex::encode(key)
            );
        }
    }
    let path = directory.join("roots.toml");
    fs::write(&path, text)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    Ok(path)
}

impl Transaction {
    /// Answers challenges until somebody else is to act, or it is over.
    ///
    /// # Errors
    /// As cardd refuses.
    pub async fn go_on(&mut self) -> Result<Stands, Status> {
        loop {
            let said = match self.asked.take() {
                Some(asked) => asked,
                None => self.hear().await?,
            };
            match said {
                Said::HolderPinWanted(wanted) => return Ok(Stands::HolderPinWanted(wanted)),
                Said::Done(done) => return Ok(Stands::Done(done)),
                said => self.answer(said).await,
            }
        }
    }

    /// Answers challenges up to this one, counted from 0, which is asked and not answered yet.
    ///
    /// # Errors
    /// As cardd refuses.
    pub async fn pause_before(&mut self, step: usize) -> Result<(), Status> {
        loop {
            let said = self.hear().await?;
            let opened = matches!(said, Said::Opened(_));
            if !opened && self.given == step {
                self.asked = Some(said);
                return Ok(());
            }
            self.answer(said).await;
        }
    }

    /// Answers what was asked last, and does not listen for what comes of it.
    pub async fn answer_last(&mut self) {
        if let Some(asked) = self.asked.take() {
            self.answer(asked).await;
        }
    }

    /// What was answered for the unblock key, to be replayed.
    #[must_use]
    pub fn unblock_answer(&self) -> Option<v1::Authentication> {
        self.unblock_answer.clone()
    }

    /// Answers for the unblock key with this, whatever is asked.
    pub fn replay(&mut self, answer: v1::Authentication) {
        self.replayed = Some(answer);
    }

    async fn hear(&mut self) -> Result<Said, Status> {
        let message = self.said.message().await?;
        let ended = || Status::aborted("the stream ended");
        message.and_then(|message| message.kind).ok_or_else(ended)
    }

    async fn answer(&mut self, said: Said) {
        match said {
            Said::Opened(opened) => self.opened = Some(opened),
            Said::ReadKeyChallenge(asked) => {
                let answer = self.authentication(0x30, &asked.challenge);
                self.give(Answer::ReadKey(answer)).await;
            }
            Said::UnblockKeyChallenge(asked) => {
                let root = if self.manner == Manner::WrongKey {
                    0x70
                } else {
                    0x10
                };
                let right = self.authentication(root, &asked.challenge);
                let answer = self.replayed.clone().unwrap_or(right);
                self.unblock_challenge = asked.challenge;
                self.unblock_answer = Some(answer.clone());
                self.give(Answer::UnblockKey(answer)).await;
            }
            Said::MessageChallenge(asked) => {
                let message = self.message(&asked);
                self.give(Answer::Message(message)).await;
            }
            Said::HolderPinWanted(_) | Said::Done(_) => {}
        }
    }

    async fn give(&mut self, kind: Answer) {
        match self.manner {
            Manner::CutBefore(step) if step == self.given => self.answers = None,
            Manner::SilentBefore(step) if step == self.given => {}
            _ => {
                if let Some(answers) = &self.answers {
                    // A terminal that ended the transaction hears nothing more.
                    drop(answers.send(v1::HallMessage { kind: Some(kind) }).await);
                }
            }
        }
        self.given += 1;
    }

    fn opened(&self) -> &v1::CardOpened {
        match &self.opened {
            Some(opened) => opened,
            None => panic!("the card did not say which it is"),
        }
    }

    fn suite(&self) -> Suite {
        match self.opened().suite() {
            v1::CipherSuite::Sm4 => Suite::Sm4,
            _ => Suite::Des,
        }
    }

    fn session_key(&self, root: u8, single: bool, challenge: &[u8]) -> SessionKey {
        let opened = self.opened();
        let bytes = std::array::from_fn(|index| root + u8::try_from(index).unwrap_or(0));
        let city = opened.region_code.as_bytes().try_into();
        let card = opened.historical_bytes.last_chunk::<8>();
        let (Ok(city), Some(card)) = (city, card) else {
            panic!("the card does not say what its keys derive from");
        };
        let single = single && self.suite() == Suite::Des;
        let root = Key::from_root(&bytes, single);
        let key = card_key(self.suite(), &root, &Factors::new(city, *card));
        match SessionKey::derive(self.suite(), &key, challenge) {
            Some(key) => key,
            None => panic!("no session key"),
        }
    }

    fn authentication(&self, root: u8, challenge: &[u8]) -> v1::Authentication {
        let original = *b"\x01\x02\x03\x04\x05\x06\x07\x08";
        let data = self
            .session_key(root, false, challenge)
            .authenticate(original);
        v1::Authentication {
            data: data.to_vec(),
            original: original.to_vec(),
        }
    }

    fn message(&self, asked: &v1::MessageChallenge) -> v1::SecureMessage {
        let old = self.manner == Manner::OldChallenge;
        let challenge = if old {
            &self.unblock_challenge
        } else {
            &asked.challenge
        };
        let key = self.session_key(0x20, true, challenge);
        let reload = self.opened().operation() == v1::IssuerOperation::Reload;
        let reload = reload != (self.manner == Manner::OtherCommand);
        let command = if reload {
            self.reload(&key)
        } else {
            vec![0x84, 0x24, 0x00, 0x00, 0x04]
        };
        let mut mac = key.mac(&command);
        if self.manner == Manner::WrongMac {
            mac[0] ^= 1;
        }
        let issued_pin = (!asked.entry_id.is_empty()).then(|| self.sealed(asked));
        v1::SecureMessage {
            command: [command, mac.to_vec()].concat(),
            issued_pin,
        }
    }

    fn reload(&self, key: &SessionKey) -> Vec<u8> {
        let pin = match Pin::from_digits(&self.issued) {
            Ok(pin) => pin,
            Err(error) => panic!("{error}"),
        };
        let block = pin_block(self.suite(), &pin)
            .ok()
            .and_then(|block| key.encipher(&block));
        let Some(block) = block else {
            panic!("no PIN block")
        };
        let lc = u8::try_from(block.len() + 4).unwrap_or(0);
        [vec![0x84, 0x24, 0x00, 0x01, lc], block].concat()
    }

    fn sealed(&self, asked: &v1::MessageChallenge) -> v1::SealedEntry {
        let Ok(entry_id) = asked.entry_id.as_slice().try_into() else {
            panic!("no entry")
        };
        let binding = Binding {
            entry_id,
            insertion: asked.insertion,
            purpose: Purpose::IssuedPin,
        };
        let value = Typed::IssuedPin {
            pin: typed(&self.issued),
        };
        match seal(
            &value,
            &binding,
            &asked.public_key,
            &mut StdRng::seed_from_u64(5),
        ) {
            Ok(sealed) => sealed,
            Err(error) => panic!("{error}"),
        }
    }
}
