//! Cards.

use cardd_proto::v1::{self, read_card_response::HolderData as WireHolder};

use super::present;
use crate::{
    error::ContractError,
    model::{CardContents, CardSummary, Generation, Holder, HolderData, Issuer},
};

pub(crate) fn summary(card: v1::CardSummary) -> Result<CardSummary, ContractError> {
    Ok(CardSummary {
        generation: Generation::from_wire(card.generation)?,
        specification_version: card.specification_version,
        card_number: card.card_number,
    })
}

pub(crate) fn contents(answer: v1::ReadCardResponse) -> Result<CardContents, ContractError> {
    let holder = present(answer.holder_data, "ReadCardResponse.holder_data")?;
    Ok(CardContents {
        card: summary(present(answer.card, "ReadCardResponse.card")?)?,
        issuer: issuer(present(answer.issuer, "ReadCardResponse.issuer")?),
        holder: match holder {
            WireHolder::Holder(holder) => HolderData::Open(open_holder(holder)),
            WireHolder::HolderProtected(v1::HolderProtected {}) => HolderData::Protected,
        },
    })
}

fn issuer(issuer: v1::Issuer) -> Issuer {
    Issuer {
        card_identifier_hex: issuer.card_identifier_hex,
        region_code: issuer.region_code,
        issued_on: issuer.issued_on,
        expires_on: issuer.expires_on,
        card_class: issuer.card_class,
    }
}

fn open_holder(holder: v1::Holder) -> Holder {
    Holder {
        name: holder.name,
        citizen_number: holder.citizen_number,
        sex: holder.sex,
        ethnic_group: holder.ethnic_group,
        birth_place: holder.birth_place,
        birth_date: holder.birth_date,
    }
}
