//! `TerminalService`.

use cardd_proto::v1::{self, terminal_service_server::TerminalService};
use tonic::{Request, Response, Status};

use crate::rpc::{caller::Line, convert};

/// Most suspect cards of one answer.
const MOST_SUSPECTS: usize = 200;

#[tonic::async_trait]
impl TerminalService for Line {
    async fn get_status(
        &self,
        request: Request<v1::GetStatusRequest>,
    ) -> Result<Response<v1::GetStatusResponse>, Status> {
        let (desk, _message) = self.admit(request)?;
        let status = self
            .terminal
            .status(desk)
            .map_err(|error| self.refuse(&error))?;
        Ok(Response::new(convert::terminal_status(&status, desk)))
    }

    async fn reopen_kiosks(
        &self,
        request: Request<v1::ReopenKiosksRequest>,
    ) -> Result<Response<v1::ReopenKiosksResponse>, Status> {
        let (desk, _message) = self.admit(request)?;
        let reopened = self.terminal.reopen_kiosks(desk);
        let ledger_sequence = reopened.map_err(|error| self.refuse(&error))?;
        Ok(Response::new(v1::ReopenKiosksResponse { ledger_sequence }))
    }

    async fn list_suspect_cards(
        &self,
        request: Request<v1::ListSuspectCardsRequest>,
    ) -> Result<Response<v1::ListSuspectCardsResponse>, Status> {
        let (desk, message) = self.admit(request)?;
        let asked = usize::try_from(message.limit)
            .ok()
            .filter(|limit| *limit > 0);
        let limit = asked.unwrap_or(MOST_SUSPECTS).min(MOST_SUSPECTS);
        let listed = self.terminal.suspect_cards(desk, limit);
        let (cards, more) = listed.map_err(|error| self.refuse(&error))?;
        let cards = cards.iter().map(convert::suspect).collect();
        Ok(Response::new(v1::ListSuspectCardsResponse { cards, more }))
    }
}
