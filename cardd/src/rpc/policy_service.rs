//! `PolicyService`.

use cardd_proto::v1::{self, policy_service_server::PolicyService};
use tonic::{Request, Response, Status};

use crate::rpc::{caller::Line, convert};

#[tonic::async_trait]
impl PolicyService for Line {
    async fn get_rules(
        &self,
        request: Request<v1::GetRulesRequest>,
    ) -> Result<Response<v1::GetRulesResponse>, Status> {
        let (desk, _message) = self.admit(request)?;
        let rules = self.terminal.rules_for(desk);
        let rules = rules.map_err(|error| self.refuse(&error))?;
        Ok(Response::new(convert::rules(&rules, desk)))
    }

    async fn push_rules(
        &self,
        request: Request<v1::PushRulesRequest>,
    ) -> Result<Response<v1::PushRulesResponse>, Status> {
        let (desk, message) = self.admit(request)?;
        let pushed = self.terminal.push_rules(desk, &message.file);
        let (rules, ledger_sequence) = pushed.map_err(|error| self.refuse(&error))?;
        Ok(Response::new(v1::PushRulesResponse {
            rules: Some(convert::rules_in_force(&rules)),
            ledger_sequence,
        }))
    }
}
