//! The card in the reader: what it says of itself, and what it does with a PIN.

use super::Inside;
use crate::terminal::tests::protocol::model::{Digits, LIMIT};

/// T0 announces 13 historical bytes and nothing else (ISO 7816-3, 8.2).
pub(super) const ATR: &str = "3B0D000053494D8600420100000001";
/// What identifies the card, and what it says when asked; the person in it is made up.
pub(super) const ANSWERS: [(&str, &str); 19] = [
    ("00A404000F7378312E73682EC9E7BBE1B1A3D5CF", "611E"),
    (
        "00C000001E",
        "6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C038601019000",
    ),
    ("00B2012812", "0110420100D15600000500000012FFFFFFFF9000"),
    ("00B2022803", "0201339000"),
    ("00B2032806", "0304322E30309000"),
    ("00B204280E", "040C9156000002420100420100019000"),
    ("00B2052806", "0504201406019000"),
    ("00B2062806", "0604202406019000"),
    ("00B207280B", "07095A5A303030303132359000"),
    ("00B2083014", "08123432303130313139383530363135303030339000"),
    (
        "00B2093020",
        "091EB2E2CAD4B6A10000000000000000000000000000000000000000000000009000",
    ),
    (
        "00B24E3016",
        "4E1400000000000000000000000000000000000000009000",
    ),
    ("00B20A3003", "0A01329000"),
    ("00B20B3003", "0B01019000"),
    ("00B20C3005", "0C034201019000"),
    ("00B20D3006", "0D04198506159000"),
    // GET CHALLENGE, EXTERNAL AUTHENTICATION with the unblock key, PIN CHANGE/UNBLOCK (LD/T 32.5).
    ("0084000008", "A1A2A3A4A5A6A7A89000"),
    ("008200061001010101010101010202020202020202", "9000"),
    ("842400010C030303030303030304040404", "9000"),
];

impl Inside {
    pub(super) fn tries(&self) -> Vec<u8> {
        match self.left {
            0 => vec![0x69, 0x83],
            left => vec![0x63, 0xC0 | left],
        }
    }

    /// VERIFY or CHANGE PIN (LD/T 32.5).
    pub(super) fn present_pin(&mut self, text: &str) -> Vec<u8> {
        self.commands_with_a_pin += 1;
        if self.left == 0 {
            return self.tries();
        }
        let typed = text.get(10..16).unwrap_or_default();
        if typed != digits(self.pin) {
            self.left -= 1;
            return vec![0x63, 0xC0 | self.left];
        }
        let new = text.get(18..24).filter(|_| text.starts_with("805E"));
        let value = |new: &str| {
            [Digits::Own, Digits::Next]
                .into_iter()
                .find(|value| digits(*value) == new)
                .unwrap()
        };
        self.pin = new.map_or(self.pin, value);
        self.left = LIMIT;
        self.verified = true;
        vec![0x90, 0x00]
    }
}

pub(in super::super) fn digits(value: Digits) -> &'static str {
    match value {
        Digits::Issued => "739158",
        Digits::Own => "830571",
        Digits::Next => "941638",
        Digits::Wrong => "760241",
    }
}
