//! `IssuerService`: one stream, one transaction.

use cardd_proto::v1::{
    self, card_message::Kind as Said, hall_message::Kind as Answer,
    issuer_service_server::IssuerService,
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use crate::{
    card::{Authentication, IssuerMessage},
    rpc::{caller::Line, convert},
    terminal::{
        TerminalError,
        conversation::{Answers, FromHall, HallLine, Operated},
    },
};

/// Messages in flight to the hall: the two sides take turns.
const IN_FLIGHT: usize = 2;

type CardMessages = mpsc::Sender<Result<v1::CardMessage, Status>>;

#[tonic::async_trait]
impl IssuerService for Line {
    type OperateStream = ReceiverStream<Result<v1::CardMessage, Status>>;

    async fn operate(
        &self,
        request: Request<Streaming<v1::HallMessage>>,
    ) -> Result<Response<Self::OperateStream>, Status> {
        let (desk, mut stream) = self.admit(request)?;
        let desk = desk.clone();
        let first = stream.message().await?.and_then(|message| message.kind);
        let Some(Answer::Begin(begin)) = first else {
            return Err(self.refuse(&TerminalError::Malformed("the first message is begin")));
        };
        let begun = self.terminal.operate(&desk, &begin.grant, &begin.operator);
        let (hall, work) = begun.map_err(|error| self.refuse(&error))?;
        let (out, answers) = mpsc::channel(IN_FLIGHT);
        // The task outlives a hall that leaves: what is begun is ended and recorded.
        tokio::spawn(converse(self.clone(), stream, hall, out, work));
        Ok(Response::new(ReceiverStream::new(answers)))
    }
}

/// Carries messages both ways until the transaction ends.
async fn converse(
    line: Line,
    stream: Streaming<v1::HallMessage>,
    hall: HallLine,
    out: CardMessages,
    work: impl Future<Output = Result<Operated, TerminalError>>,
) {
    let HallLine {
        mut to_hall,
        from_hall,
    } = hall;
    let listening = tokio::spawn(listen(stream, from_hall));
    let speaking = async {
        while let Some(message) = to_hall.recv().await {
            let message = v1::CardMessage {
                kind: Some(convert::to_hall(&message)),
            };
            if out.send(Ok(message)).await.is_err() {
                // Nobody listens: end the line, so that the card does not wait.
                listening.abort();
                to_hall.close();
            }
        }
    };
    let (ended, ()) = tokio::join!(work, speaking);
    listening.abort();
    let last = match ended {
        Ok(operated) => Ok(v1::CardMessage {
            kind: Some(Said::Done(convert::operated(&operated))),
        }),
        Err(error) => Err(line.refuse(&error)),
    };
    // The hall may have left; the ledger has it all.
    drop(out.send(last).await);
}

/// Passes the hall's answers on. Its end is the end of the transaction, wherever it stands.
async fn listen(mut stream: Streaming<v1::HallMessage>, from_hall: Answers) {
    while let Ok(Some(message)) = stream.message().await {
        let Some(answer) = message.kind.and_then(answer) else {
            return;
        };
        if from_hall.send(answer).is_err() {
            return;
        }
    }
}

/// `None` for what is no answer: the line ends.
fn answer(kind: Answer) -> Option<FromHall> {
    match kind {
        Answer::Begin(_) => None,
        Answer::ReadKey(answer) => authentication(&answer).map(FromHall::ReadKey),
        Answer::UnblockKey(answer) => authentication(&answer).map(FromHall::UnblockKey),
        Answer::Message(message) => Some(FromHall::Message {
            message: IssuerMessage::parse(&message.command).ok()?,
            issued_pin: message.issued_pin,
        }),
    }
}

fn authentication(message: &v1::Authentication) -> Option<Authentication> {
    let data = message.data.as_slice().try_into().ok()?;
    let original = message.original.as_slice().try_into().ok()?;
    Some(Authentication { data, original })
}
