//! Which command a header means.

use crate::apdu::{Command, StatusWord};

/// The command set of LD/T 32.5, without payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Instruction {
    Select,
    ReadRecord,
    ReadBinary,
    UpdateRecord,
    UpdateBinary,
    GetChallenge,
    InternalAuthenticate,
    ExternalAuthenticate,
    Verify,
    ChangePin,
    PinChangeUnblock,
    ApplicationBlock,
    CardBlock,
    GetResponse,
    Medical,
}

/// One INS, the classes it is known under, and what it means. CLA 04 is secure messaging.
const TABLE: [(u8, &[u8], Instruction); 20] = [
    (0xA4, &[0x00], Instruction::Select),
    (0xB2, &[0x00], Instruction::ReadRecord),
    (0xB0, &[0x00], Instruction::ReadBinary),
    (0xDC, &[0x00, 0x04], Instruction::UpdateRecord),
    (0xD6, &[0x00, 0x04], Instruction::UpdateBinary),
    (0x84, &[0x00], Instruction::GetChallenge),
    (0x88, &[0x00], Instruction::InternalAuthenticate),
    (0x82, &[0x00], Instruction::ExternalAuthenticate),
    (0x20, &[0x00], Instruction::Verify),
    (0x5E, &[0x80], Instruction::ChangePin),
    (0x24, &[0x84], Instruction::PinChangeUnblock),
    (0x1E, &[0x84], Instruction::ApplicationBlock),
    (0x16, &[0x84], Instruction::CardBlock),
    (0xC0, &[0x00], Instruction::GetResponse),
    (0x26, &[0xB0], Instruction::Medical),
    (0x28, &[0xB0], Instruction::Medical),
    (0x2A, &[0xB0], Instruction::Medical),
    (0x2C, &[0xB0], Instruction::Medical),
    (0x2E, &[0xB0], Instruction::Medical),
    (0x56, &[0xB0], Instruction::Medical),
];

impl Instruction {
    /// The command of a header: 6E00 for a class the card does not know or that is not the one of
    /// this INS, 6D00 for an unknown INS.
    pub(super) fn of(command: &Command) -> Result<Self, StatusWord> {
        let known_class = TABLE
            .iter()
            .any(|(_, classes, _)| classes.contains(&command.cla));
        if !known_class {
            return Err(StatusWord::UNKNOWN_CLA);
        }
        let row = TABLE.iter().find(|(ins, ..)| *ins == command.ins);
        let (_, classes, instruction) = row.ok_or(StatusWord::UNKNOWN_INS)?;
        if classes.contains(&command.cla) {
            Ok(*instruction)
        } else {
            Err(StatusWord::UNKNOWN_CLA)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: [u8; 4]) -> Result<Instruction, StatusWord> {
        Instruction::of(&Command::decode(&header).unwrap())
    }

    #[test]
    fn class_and_instruction_belong_together() {
        assert_eq!(of([0x80, 0x5E, 1, 0]), Ok(Instruction::ChangePin));
        assert_eq!(of([0x00, 0x5E, 1, 0]), Err(StatusWord::UNKNOWN_CLA));
        assert_eq!(of([0x24, 0x20, 0, 0]), Err(StatusWord::UNKNOWN_CLA));
        assert_eq!(of([0x84, 0x18, 0, 0]), Err(StatusWord::UNKNOWN_INS)); // APPLICATION UNBLOCK
        assert_eq!(of([0x00, 0x00, 0, 0]), Err(StatusWord::UNKNOWN_INS));
    }
}
