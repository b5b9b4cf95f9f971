//! `TerminalService`.

use cardd_proto::v1::{self, terminal_service_server::TerminalService};
use tonic::{Request, Response, Status};

use crate::rpc::{caller::Line, convert};

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
}
