//! The card's side of an issuer transaction.

use cardd_proto::v1::{self, card_message::Kind};

use crate::{
    card::{CardIdentity, IssuerEffect, Suite},
    terminal::conversation::{Operated, SealTo, ToHall},
};

pub(in crate::rpc) fn to_hall(message: &ToHall) -> Kind {
    match message {
        ToHall::Opened {
            identity,
            effect,
            case,
        } => Kind::Opened(opened(identity, *effect, *case)),
        ToHall::ReadKeyChallenge(challenge) => Kind::ReadKeyChallenge(v1::ReadKeyChallenge {
            challenge: challenge.to_vec(),
        }),
        ToHall::UnblockKeyChallenge(challenge) => {
            Kind::UnblockKeyChallenge(v1::UnblockKeyChallenge {
                challenge: challenge.to_vec(),
            })
        }
        ToHall::MessageChallenge { challenge, seal } => {
            Kind::MessageChallenge(message_challenge(challenge, seal.as_ref()))
        }
        ToHall::HolderPinWanted { case, wait_ms } => Kind::HolderPinWanted(v1::HolderPinWanted {
            case_sequence: *case,
            wait_ms: *wait_ms,
        }),
    }
}

pub(in crate::rpc) fn operated(operated: &Operated) -> v1::OperationDone {
    v1::OperationDone {
        ledger_sequence: operated.ledger_sequence,
        attempts_remaining: operated.attempts_remaining.map(u32::from),
        holder_pin_set: operated.holder_pin_set,
    }
}

fn opened(identity: &CardIdentity, effect: IssuerEffect, case: u64) -> v1::CardOpened {
    let operation = match effect {
        IssuerEffect::Unblock => v1::IssuerOperation::Unblock,
        IssuerEffect::Reload => v1::IssuerOperation::Reload,
    };
    let suite = match identity.suite() {
        Some(Suite::Des) => v1::CipherSuite::Des,
        Some(Suite::Ssf33) => v1::CipherSuite::Ssf33,
        Some(Suite::Sm4) => v1::CipherSuite::Sm4,
        None => v1::CipherSuite::Unspecified,
    };
    v1::CardOpened {
        operation: operation.into(),
        case_sequence: case,
        suite: suite.into(),
        region_code: identity.identifier().region_code(),
        historical_bytes: identity.historical_bytes().to_vec(),
        card_identifier: identity.identifier().bytes().to_vec(),
    }
}

fn message_challenge(challenge: &[u8; 8], seal: Option<&SealTo>) -> v1::MessageChallenge {
    v1::MessageChallenge {
        challenge: challenge.to_vec(),
        entry_id: seal.map(|seal| seal.entry_id.to_vec()).unwrap_or_default(),
        public_key: seal
            .map(|seal| seal.public_key.to_vec())
            .unwrap_or_default(),
        insertion: seal.map(|seal| seal.insertion.number()).unwrap_or_default(),
    }
}
