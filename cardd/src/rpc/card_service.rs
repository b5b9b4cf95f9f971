//! `CardService`.

use cardd_proto::v1::{self, card_service_server::CardService};
use tonic::{Request, Response, Status};

use crate::{
    reader::Insertion,
    rpc::{caller::Line, convert},
};

#[tonic::async_trait]
impl CardService for Line {
    async fn read_card(
        &self,
        request: Request<v1::ReadCardRequest>,
    ) -> Result<Response<v1::ReadCardResponse>, Status> {
        let (desk, message) = self.admit(request)?;
        let insertion = Insertion::new(message.insertion);
        let read = self
            .terminal
            .read_card(desk, &message.reader, insertion)
            .await;
        let data = read.map_err(|error| self.refuse(&error))?;
        Ok(Response::new(convert::card_data(&data)))
    }
}
