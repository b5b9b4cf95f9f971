//! Who calls: the desk of the socket or certificate, and whether the peer may be there.

use std::sync::Arc;

use tonic::{Request, Status, transport::server::UdsConnectInfo};

use crate::{
    policy::Desk,
    rpc::status,
    terminal::{Terminal, TerminalError},
};

/// Users that may call at a desk's socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Callers {
    /// Whoever the socket's mode lets in.
    WhoeverConnects,
    /// These user numbers.
    Users(Vec<u32>),
}

impl Callers {
    fn admit(&self, user: Option<u32>) -> bool {
        match self {
            Self::WhoeverConnects => true,
            Self::Users(users) => user.is_some_and(|user| users.contains(&user)),
        }
    }
}

/// How the person or program at a desk is known.
#[derive(Debug)]
pub(super) enum Peer {
    /// By the credentials of the socket.
    Local(Callers),
    /// By the common name of the certificate that opened the connection.
    Certified {
        /// Person or program.
        operator: String,
    },
}

/// What every handler of one desk stands on.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) terminal: Arc<Terminal>,
    pub(super) desk: Arc<Desk>,
    pub(super) peer: Arc<Peer>,
}

impl Line {
    /// The desk that calls, and the message.
    pub(super) fn admit<T>(&self, request: Request<T>) -> Result<(&Desk, T), Status> {
        let may = match &*self.peer {
            Peer::Local(callers) => callers.admit(user(&request)),
            Peer::Certified { .. } => true,
        };
        if may {
            Ok((&self.desk, request.into_inner()))
        } else {
            let caller = self.operator(&request);
            tracing::warn!(desk = %self.desk.name, caller, "a user that may not be at this desk");
            Err(self.refuse(&TerminalError::DeskUnknown))
        }
    }

    /// Which person or program calls, for the record: the common name of its certificate, or the
    /// user number of a socket's peer. A peer that the system does not name is `uid:unknown`.
    pub(super) fn operator<T>(&self, request: &Request<T>) -> String {
        match (&*self.peer, user(request)) {
            (Peer::Certified { operator }, _) => operator.clone(),
            (Peer::Local(_), Some(user)) => format!("uid:{user}"),
            (Peer::Local(_), None) => "uid:unknown".to_owned(),
        }
    }

    /// The status of a refusal, logged under its incident number.
    pub(super) fn refuse(&self, error: &TerminalError) -> Status {
        status::refuse(error, &self.desk.name, self.terminal.incident())
    }
}

/// User number of the peer (SO_PEERCRED).
fn user<T>(request: &Request<T>) -> Option<u32> {
    let peer = request.extensions().get::<UdsConnectInfo>()?;
    Some(peer.peer_cred?.uid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_without_credentials_has_no_user() {
        assert_eq!(user(&Request::new(())), None);
    }

    #[test]
    fn only_listed_users_are_admitted_where_there_is_a_list() {
        let listed = Callers::Users(vec![1000]);
        assert!(listed.admit(Some(1000)));
        assert!(!listed.admit(Some(0)));
        assert!(!listed.admit(None));
        assert!(Callers::WhoeverConnects.admit(None));
    }
}
