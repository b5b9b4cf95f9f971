//! Readers and slots.

use cardd_proto::v1::{self, SlotState};

use super::{card, present};
use crate::{
    error::ContractError,
    model::{Insertion, Reader, Readers, Reason, Slot},
};

pub(crate) fn list(answer: v1::ListReadersResponse) -> Result<Readers, ContractError> {
    Ok(Readers {
        list: answer
            .readers
            .into_iter()
            .map(reader)
            .collect::<Result<_, _>>()?,
        position: answer.position,
    })
}

pub(crate) fn reader(reader: v1::Reader) -> Result<Reader, ContractError> {
    Ok(Reader {
        name: reader.name.clone(),
        slot: slot(reader)?,
    })
}

/// Zero stands for "no card", which is no insertion.
pub(crate) fn insertion(number: u64, field: &'static str) -> Result<Insertion, ContractError> {
    present(Insertion::new(number), field)
}

fn slot(reader: v1::Reader) -> Result<Slot, ContractError> {
    let stay = || insertion(reader.insertion, "Reader.insertion");
    let unknown = ContractError::UnknownValue {
        field: "Reader.state",
        value: reader.state,
    };
    Ok(match SlotState::try_from(reader.state) {
        Ok(SlotState::Empty) => Slot::Empty,
        Ok(SlotState::Present) => Slot::Present { insertion: stay()? },
        Ok(SlotState::Identified) => Slot::Identified {
            insertion: stay()?,
            card: card::summary(present(reader.card, "Reader.card")?)?,
        },
        Ok(SlotState::Busy) => Slot::Busy {
            insertion: stay()?,
            card: reader.card.map(card::summary).transpose()?,
        },
        Ok(SlotState::Faulted) => Slot::Faulted {
            insertion: Insertion::new(reader.insertion),
            fault: Reason::from_wire(reader.fault)?,
        },
        Ok(SlotState::Unspecified) | Err(_) => return Err(unknown),
    })
}
