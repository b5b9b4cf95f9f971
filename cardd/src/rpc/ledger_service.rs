//! `LedgerService`.

use cardd_proto::v1::{self, ledger_service_server::LedgerService};
use tokio_stream::Iter;
use tonic::{Request, Response, Status};

use crate::rpc::{caller::Line, convert};

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
}
