//! Cards.

use cardd_proto::v1::{self, read_card_response::HolderData as Message};
use time::{Date, macros::format_description};

use crate::{
    card::{CardData, CardIdentity, Generation, Holder, HolderData, Issuer},
    pin::BirthDate,
    terminal::{CardFault, ReadCard},
};

pub(in crate::rpc) fn card_data(read: &ReadCard) -> v1::ReadCardResponse {
    let ReadCard {
        identity,
        data: CardData {
            issuer: read_issuer,
            holder,
        },
    } = read;
    let holder_data = match holder {
        HolderData::Open(read_holder) => Message::Holder(self::holder(read_holder)),
        HolderData::Protected => Message::HolderProtected(v1::HolderProtected {}),
    };
    v1::ReadCardResponse {
        card: Some(summary(identity)),
        issuer: Some(issuer(identity, read_issuer)),
        holder_data: Some(holder_data),
    }
}

pub(super) fn summary(identity: &CardIdentity) -> v1::CardSummary {
    let generation = match identity.generation() {
        Generation::First => v1::Generation::First,
        Generation::Second => v1::Generation::Second,
        Generation::Third => v1::Generation::Third,
    };
    v1::CardSummary {
        generation: generation.into(),
        specification_version: identity.specification_version().to_owned(),
        card_number: identity.card_number().as_text().expose().to_owned(),
    }
}

fn issuer(identity: &CardIdentity, issuer: &Issuer) -> v1::Issuer {
    v1::Issuer {
        card_identifier_hex: hex::encode_upper(identity.identifier().bytes()),
        region_code: identity.identifier().region_code(),
        issued_on: issuer.issued_on.map(date).unwrap_or_default(),
        expires_on: issuer.expires_on.map(date).unwrap_or_default(),
        card_class: issuer.card_class.map(String::from).unwrap_or_default(),
    }
}

fn holder(holder: &Holder) -> v1::Holder {
    v1::Holder {
        name: holder.name.expose().to_owned(),
        citizen_number: holder.citizen_number.expose().to_owned(),
        sex: holder.sex.expose().to_owned(),
        ethnic_group: holder.ethnic_group.expose().to_owned(),
        birth_place: holder.birth_place.expose().to_owned(),
        birth_date: holder
            .birth_date
            .as_ref()
            .map(birth_date)
            .unwrap_or_default(),
    }
}

/// `YYYY-MM-DD`.
fn date(date: Date) -> String {
    date.format(format_description!("[year]-[month]-[day]"))
        .unwrap_or_default()
}

fn birth_date(date: &BirthDate) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

pub(super) fn fault(fault: CardFault) -> v1::Reason {
    match fault {
        CardFault::Unreadable => v1::Reason::CardUnreadable,
        CardFault::Unsupported => v1::Reason::CardUnsupported,
        CardFault::Damaged => v1::Reason::CardDamaged,
        CardFault::Blocked => v1::Reason::CardBlocked,
        CardFault::Refused => v1::Reason::CardRefused,
    }
}
