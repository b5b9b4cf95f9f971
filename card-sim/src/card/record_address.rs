//! Record addressing of READ RECORD and UPDATE RECORD: P2 = SFI × 8 + mode (LD/T 32.5).

use std::ops::Range;

use crate::apdu::{Command, StatusWord};
use crate::files::Record;

/// Low three bits of P2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// 0: first record with identifier P1.
    First,
    /// 1: last record with identifier P1.
    Last,
    /// 2: next record with identifier P1.
    Next,
    /// 3: previous record with identifier P1.
    Previous,
    /// 4: record number P1, 00 the current one.
    Number,
    /// 5: all records from number P1 to the last.
    FromNumber,
    /// 6: all records from the last to number P1.
    ToNumber,
}

/// Where a command points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RecordAddress {
    /// Short file identifier, 0 for the current EF.
    pub(super) sfi: u8,
    /// How P1 is meant.
    pub(super) mode: Mode,
    p1: u8,
}

impl RecordAddress {
    /// The address in P1 P2, 6A86 for mode 7 and SFI 1F.
    pub(super) fn of(command: &Command) -> Result<Self, StatusWord> {
        let mode = match command.p2 & 0x07 {
            0 => Mode::First,
            1 => Mode::Last,
            2 => Mode::Next,
            3 => Mode::Previous,
            4 => Mode::Number,
            5 => Mode::FromNumber,
            6 => Mode::ToNumber,
            _ => return Err(StatusWord::WRONG_PARAMETERS),
        };
        match command.p2 >> 3 {
            0x1F => Err(StatusWord::WRONG_PARAMETERS),
            sfi => Ok(Self {
                sfi,
                mode,
                p1: command.p1,
            }),
        }
    }

    /// Position of the one record meant, from 0; `current` is the record pointer. `None` when there
    /// is none, or when the mode names several.
    pub(super) fn position(self, records: &[Record], current: Option<usize>) -> Option<usize> {
        let matches = |index: &usize| {
            let record = records.get(*index);
            record.is_some_and(|record| self.p1 == 0 || record.identifier() == Some(self.p1))
        };
        let end = records.len();
        match self.mode {
            Mode::First => (0..end).find(matches),
            Mode::Last => (0..end).rfind(matches),
            Mode::Next => (current.map_or(0, |at| at + 1)..end).find(matches),
            Mode::Previous => (0..current.unwrap_or(end)).rfind(matches),
            Mode::Number if self.p1 == 0 => current.filter(|at| *at < end),
            Mode::Number => self.numbered(records).map(|range| range.start),
            Mode::FromNumber | Mode::ToNumber => None,
        }
    }

    /// Positions from number P1 to the last record.
    pub(super) fn numbered(self, records: &[Record]) -> Option<Range<usize>> {
        let start = usize::from(self.p1).checked_sub(1)?;
        (start < records.len()).then_some(start..records.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(p1: u8, p2: u8, current: Option<usize>) -> Option<usize> {
        let records = [0x08, 0x09, 0x4E, 0x09].map(|tag| Record::new(vec![tag, 0]));
        let command = Command::decode(&[0x00, 0xB2, p1, p2]).unwrap();
        RecordAddress::of(&command)
            .unwrap()
            .position(&records, current)
    }

    #[test]
    fn each_mode_finds_its_record() {
        let table = [
            (0x09, 0x00, None, Some(1)),
            (0x09, 0x01, None, Some(3)),
            (0x09, 0x02, None, Some(1)),
            (0x09, 0x02, Some(1), Some(3)),
            (0x09, 0x02, Some(3), None),
            (0x09, 0x03, None, Some(3)),
            (0x09, 0x03, Some(3), Some(1)),
            (0x09, 0x03, Some(0), None),
            (0x00, 0x02, Some(0), Some(1)),
            (0x03, 0x04, None, Some(2)),
            (0x00, 0x04, Some(2), Some(2)),
            (0x00, 0x04, None, None),
            (0x05, 0x04, None, None),
            (0x4F, 0x00, None, None),
        ];
        for (p1, p2, current, expected) in table {
            assert_eq!(
                position(p1, p2, current),
                expected,
                "P1={p1:02X} P2={p2:02X} {current:?}"
            );
        }
    }

    #[test]
    fn mode_seven_and_the_reserved_sfi_are_refused() {
        for p2 in [0x07, 0xF8] {
            let command = Command::decode(&[0x00, 0xB2, 1, p2]).unwrap();
            assert_eq!(
                RecordAddress::of(&command),
                Err(StatusWord::WRONG_PARAMETERS)
            );
        }
    }
}
