//! `LedgerService`.

use cardd_proto::v1::{self, ledger_service_server::LedgerService};
use tokio_stream::Iter;
use tonic::{Request, Response, Status};

use crate::{
    ledger::{ChainId, Head},
    rpc::{caller::Line, convert, pull::Pull},
    terminal::TerminalError,
};

/// Most records of one answer; a client asks on from the last sequence number it got.
const MOST_RECORDS: usize = 1000;

#[tonic::async_trait]
impl LedgerService for Line {
    type ListRecordsStream = Iter<std::vec::IntoIter<Result<v1::LedgerRecord, Status>>>;

    async fn list_records(
        &self,
        request: Request<v1::ListRecordsRequest>,
    ) -> Result<Response<Self::ListRecordsStream>, Status> {
        let (desk, message) = self.admit(request)?;
        let asked = usize::try_from(message.limit)
            .ok()
            .filter(|limit| *limit > 0);
        let limit = asked.unwrap_or(MOST_RECORDS).min(MOST_RECORDS);
        let listed = self.terminal.records(desk, message.after_sequence, limit);
        let records = listed.map_err(|error| self.refuse(&error))?;
        let messages: Vec<_> = records.iter().map(convert::record).map(Ok).collect();
        Ok(Response::new(tokio_stream::iter(messages)))
    }

    async fn confirm_new_chain(
        &self,
        request: Request<v1::ConfirmNewChainRequest>,
    ) -> Result<Response<v1::ConfirmNewChainResponse>, Status> {
        let (desk, message) = self.admit(request)?;
        let confirmed = self.terminal.confirm_new_chain(desk, &message.old_head_hex);
        let ledger_sequence = confirmed.map_err(|error| self.refuse(&error))?;
        Ok(Response::new(v1::ConfirmNewChainResponse {
            ledger_sequence,
        }))
    }

    async fn enrol(
        &self,
        request: Request<v1::EnrolRequest>,
    ) -> Result<Response<v1::EnrolResponse>, Status> {
        let (desk, message) = self.admit(request)?;
        let enrolled = self.terminal.enrol(desk, &message.public_key);
        enrolled
            .map(Response::new)
            .map_err(|error| self.refuse(&error))
    }

    async fn confirm_enrolment(
        &self,
        request: Request<v1::ConfirmEnrolmentRequest>,
    ) -> Result<Response<v1::ConfirmEnrolmentResponse>, Status> {
        let (desk, message) = self.admit(request)?;
        let proof = self.exact(&message.proof, "proof has 32 bytes")?;
        let confirmed = self.terminal.confirm_enrolment(desk, proof);
        let ledger_sequence = confirmed.map_err(|error| self.refuse(&error))?;
        Ok(Response::new(v1::ConfirmEnrolmentResponse {
            ledger_sequence,
        }))
    }

    type PullStream = Iter<Pull>;

    async fn pull(
        &self,
        request: Request<v1::PullRequest>,
    ) -> Result<Response<Self::PullStream>, Status> {
        let (desk, message) = self.admit(request)?;
        let standing = self.terminal.ledger_standing(desk);
        let standing = standing.map_err(|error| self.refuse(&error))?;
        let pull = Pull::new(self.clone(), message.after_sequence, standing);
        Ok(Response::new(tokio_stream::iter(pull)))
    }

    async fn acknowledge(
        &self,
        request: Request<v1::AcknowledgeRequest>,
    ) -> Result<Response<v1::AcknowledgeResponse>, Status> {
        let (desk, message) = self.admit(request)?;
        let chain = ChainId(self.exact(&message.chain_id, "chain_id has 16 bytes")?);
        let hash = self.exact(&message.hash, "hash has 32 bytes")?;
        let place = Head::new(message.sequence, hash);
        let acknowledged = self.terminal.acknowledge(desk, chain, place);
        acknowledged.map_err(|error| self.refuse(&error))?;
        Ok(Response::new(v1::AcknowledgeResponse {}))
    }
}

impl Line {
    /// Bytes of a fixed length.
    pub(super) fn exact<const N: usize>(
        &self,
        bytes: &[u8],
        rule: &'static str,
    ) -> Result<[u8; N], Status> {
        bytes
            .try_into()
            .map_err(|_| self.refuse(&TerminalError::Malformed(rule)))
    }
}
