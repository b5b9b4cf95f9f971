//! The hall's end of unlock (解锁) and reset (重置): the card's challenges answered with the
//! issuer's keys, over one stream.

use std::sync::Arc;

use cardd_proto::{
    entry::{Binding, Typed, seal},
    secret::Secret,
    v1::{self, Purpose, card_message::Kind as Said, hall_message::Kind as Answer},
};
use rand::CryptoRng;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Response, Streaming};

use crate::{
    call::Cost,
    connection::Connection,
    counter::Grant,
    error::{ClientError, ContractError},
    issuer::{
        CardFactors, Challenge, CipherSuite, FactorError, IssuedValue, IssuedValueError, KeyError,
        KeyKind, KeyService,
    },
    model::AttemptSpent,
    terminal::Terminal,
};

/// Answers that may be under way: the two sides take turns.
const IN_FLIGHT: usize = 2;

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operated {
    /// Record of the outcome in the terminal's ledger.
    pub ledger_sequence: u64,
    /// Tries left of the PIN now, where the card told.
    pub attempts_remaining: Option<u32>,
    /// After a reset: whether the holder's own PIN is in force. If not, the card does no business.
    pub holder_pin_set: bool,
}

/// Where a transaction stands, for whoever watches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The card is open.
    Opened,
    /// The read key was answered for.
    ReadKeyAnswered,
    /// The unblock key was answered for.
    UnblockKeyAnswered,
    /// The secure message is on its way.
    MessageGiven,
    /// The holder chooses a PIN at the counter.
    HolderPinWanted,
}

/// Why it did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum OperateError {
    /// cardd refused, or does not answer.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The keys cannot answer.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The card's data lead to no keys.
    #[error(transparent)]
    Factors(#[from] FactorError),
    /// The one-time issued PIN is none.
    #[error(transparent)]
    IssuedValue(#[from] IssuedValueError),
    /// The card states no suite that these keys are kept for.
    #[error("the card's cipher suite is not known or not kept")]
    Suite,
    /// A reset was asked for with a grant for an unlock, or the other way round. The grant is used
    /// up, and the card as before.
    #[error("the grant is for another operation")]
    OtherOperation,
}

impl Terminal {
    /// Carries out a grant with the issuer's keys: unlock, or reset to `issued`, which is good for
    /// this once. `progress` hears of each step. For the hall's own connection.
    ///
    /// # Errors
    /// [`OperateError`]. No issuer command costs a try of the PIN.
    pub async fn operate(
        &self,
        grant: &Grant,
        keys: &KeyService,
        issued: Option<IssuedValue>,
        rng: &mut impl CryptoRng,
        progress: impl FnMut(Step),
    ) -> Result<Operated, OperateError> {
        let (operation, said) = Operation::begin(&self.connection, grant, keys, issued).await?;
        operation.run(said, rng, progress).await
    }
}

/// A transaction on the hall's side.
struct Operation {
    connection: Connection,
    keys: KeyService,
    issued: Option<Arc<IssuedValue>>,
    card: Option<(CipherSuite, CardFactors)>,
    answers: mpsc::Sender<v1::HallMessage>,
}

impl Operation {
    /// Opens the stream for a grant.
    async fn begin(
        connection: &Connection,
        grant: &Grant,
        keys: &KeyService,
        issued: Option<IssuedValue>,
    ) -> Result<(Self, Streaming<v1::CardMessage>), OperateError> {
        let (answers, stream) = mpsc::channel(IN_FLIGHT);
        let operation = Self {
            connection: connection.clone(),
            keys: keys.clone(),
            issued: issued.map(Arc::new),
            card: None,
            answers,
        };
        operation
            .give(Answer::Begin(v1::Begin {
                grant: grant.bytes().to_vec(),
                operator: grant.operator().to_owned(),
            }))
            .await;
        let mut client = connection.issuer();
        let call = client.operate(ReceiverStream::new(stream));
        let said = connection
            .answer(Cost::Free, connection.limits.card_work, call)
            .await?;
        Ok((operation, Response::into_inner(said)))
    }

    /// Answers until the end. cardd's own bounds end a transaction that stalls.
    async fn run(
        mut self,
        mut said: Streaming<v1::CardMessage>,
        rng: &mut impl CryptoRng,
        mut progress: impl FnMut(Step),
    ) -> Result<Operated, OperateError> {
        loop {
            let message = said.message().await.map_err(|status| {
                // No issuer command costs a try of the PIN; in doubt, the counter tells.
                self.connection.failed(Cost::Free, status)
            })?;
            match message.and_then(|message| message.kind) {
                Some(Said::Done(done)) => return Ok(operated(&done)),
                Some(kind) => progress(self.answer(kind, rng).await?),
                None => return Err(broken().into()),
            }
        }
    }

    async fn answer(&mut self, kind: Said, rng: &mut impl CryptoRng) -> Result<Step, OperateError> {
        match kind {
            Said::Opened(opened) => {
                self.granted(opened.operation())?;
                self.card = Some(card(&opened)?);
                Ok(Step::Opened)
            }
            Said::ReadKeyChallenge(asked) => {
                let answer = self
                    .authentication(KeyKind::ReadSsse, &asked.challenge, rng)
                    .await?;
                self.give(Answer::ReadKey(answer)).await;
                Ok(Step::ReadKeyAnswered)
            }
            Said::UnblockKeyChallenge(asked) => {
                let answer = self
                    .authentication(KeyKind::PinUnblock, &asked.challenge, rng)
                    .await?;
                self.give(Answer::UnblockKey(answer)).await;
                Ok(Step::UnblockKeyAnswered)
            }
            Said::MessageChallenge(asked) => {
                let message = self.message(&asked, rng).await?;
                self.give(Answer::Message(message)).await;
                Ok(Step::MessageGiven)
            }
            Said::HolderPinWanted(_) => Ok(Step::HolderPinWanted),
            Said::Done(_) => Err(broken().into()),
        }
    }

    /// Holds what was granted against what was asked for, before the card hears a key.
    fn granted(&self, operation: v1::IssuerOperation) -> Result<(), OperateError> {
        match (operation, &self.issued) {
            (v1::IssuerOperation::Unblock, None) | (v1::IssuerOperation::Reload, Some(_)) => Ok(()),
            (v1::IssuerOperation::Unblock, Some(_)) | (v1::IssuerOperation::Reload, None) => {
                Err(OperateError::OtherOperation)
            }
            (v1::IssuerOperation::Unspecified, _) => Err(broken().into()),
        }
    }

    /// A terminal that ended the stream says why in its last message.
    async fn give(&self, kind: Answer) {
        drop(
            self.answers
                .send(v1::HallMessage { kind: Some(kind) })
                .await,
        );
    }

    fn card(&self) -> Result<(CipherSuite, CardFactors), OperateError> {
        self.card.ok_or_else(|| broken().into())
    }

    async fn authentication(
        &self,
        kind: KeyKind,
        challenge: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<v1::Authentication, OperateError> {
        let (suite, factors) = self.card()?;
        let mut original = [0; 8];
        rng.fill_bytes(&mut original);
        let challenge = Challenge::new(challenge)?;
        let asked = self.keys.ask(move |keys| {
            keys.external_authentication(kind, suite, &factors, &challenge, original)
        });
        let data = asked.await?;
        Ok(v1::Authentication {
            data: data.0.to_vec(),
            original: original.to_vec(),
        })
    }

    async fn message(
        &self,
        asked: &v1::MessageChallenge,
        rng: &mut impl CryptoRng,
    ) -> Result<v1::SecureMessage, OperateError> {
        let (suite, factors) = self.card()?;
        let challenge = Challenge::new(&asked.challenge)?;
        if asked.entry_id.is_empty() {
            let message = self
                .keys
                .ask(move |keys| keys.unblock_message(suite, &factors, &challenge))
                .await?;
            return Ok(v1::SecureMessage {
                command: message.as_bytes().to_vec(),
                issued_pin: None,
            });
        }
        let issued = self.issued.clone().ok_or(OperateError::OtherOperation)?;
        let value = Arc::clone(&issued);
        let message = self
            .keys
            .ask(move |keys| keys.reload_message(suite, &factors, &challenge, &value))
            .await?;
        Ok(v1::SecureMessage {
            command: message.as_bytes().to_vec(),
            issued_pin: Some(sealed(asked, &issued, rng)?),
        })
    }
}

/// The one-time issued PIN, for this terminal alone.
fn sealed(
    asked: &v1::MessageChallenge,
    issued: &IssuedValue,
    rng: &mut impl CryptoRng,
) -> Result<v1::SealedEntry, OperateError> {
    let entry_id = asked.entry_id.as_slice().try_into().map_err(|_| broken())?;
    let binding = Binding {
        entry_id,
        insertion: asked.insertion,
        purpose: Purpose::IssuedPin,
    };
    let mut pin = Secret::new();
    issued
        .digits()
        .expose()
        .iter()
        .try_for_each(|digit| pin.push(*digit))
        .map_err(|_| IssuedValueError)?;
    let value = Typed::IssuedPin { pin };
    Ok(seal(&value, &binding, &asked.public_key, rng).map_err(|_| broken())?)
}

fn card(opened: &v1::CardOpened) -> Result<(CipherSuite, CardFactors), OperateError> {
    let suite = match opened.suite() {
        v1::CipherSuite::Des => CipherSuite::Des,
        v1::CipherSuite::Sm4 => CipherSuite::Sm4,
        v1::CipherSuite::Ssf33 | v1::CipherSuite::Unspecified => return Err(OperateError::Suite),
    };
    let city = opened.region_code.parse()?;
    Ok((suite, CardFactors::new(city, &opened.historical_bytes)?))
}

fn operated(done: &v1::OperationDone) -> Operated {
    Operated {
        ledger_sequence: done.ledger_sequence,
        attempts_remaining: done.attempts_remaining,
        holder_pin_set: done.holder_pin_set,
    }
}

/// A message that does not fit where the transaction stands.
fn broken() -> ClientError {
    ClientError::Contract {
        attempt_spent: AttemptSpent::No,
        cause: ContractError::Missing {
            field: "CardMessage.kind",
        },
    }
}
