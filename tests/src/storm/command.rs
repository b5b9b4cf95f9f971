//! Commands as the world sees them: an own reading of the bytes, not cardd's.

/// What a command can do to a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// VERIFY with a PIN.
    Verify,
    /// CHANGE PIN.
    Change,
    /// EXTERNAL AUTHENTICATE with the read key (RKSSSE).
    ProveReadKey,
    /// EXTERNAL AUTHENTICATE with the unblock key (PUK).
    ProveUnblockKey,
    /// PIN CHANGE/UNBLOCK: the counter restored.
    Unblock,
    /// PIN CHANGE/UNBLOCK: a new PIN.
    Reload,
}

impl Effect {
    /// Whether it carries the holder's PIN.
    #[must_use]
    pub fn carries_pin(self) -> bool {
        matches!(self, Self::Verify | Self::Change)
    }
}

/// The effect of a command; `None` if it only reads (LD/T 32.5).
#[must_use]
pub fn effect(command: &[u8]) -> Option<Effect> {
    match command {
        // VERIFY without data asks for the tries left.
        [_, 0x20, _, _] | [_, 0x20, _, _, 0] => None,
        [_, 0x20, ..] => Some(Effect::Verify),
        [_, 0x5E, ..] => Some(Effect::Change),
        [_, 0x82, _, 0x0A, ..] => Some(Effect::ProveReadKey),
        [_, 0x82, ..] => Some(Effect::ProveUnblockKey),
        [_, 0x24, _, 0x00, ..] => Some(Effect::Unblock),
        [_, 0x24, ..] => Some(Effect::Reload),
        _ => None,
    }
}

/// A PIN as VERIFY carries it: packed BCD, an odd last digit with the low nibble F.
#[must_use]
pub fn bcd(digits: &str) -> Vec<u8> {
    let nibble = |digit: &u8| digit.wrapping_sub(b'0') & 0x0F;
    digits
        .as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => nibble(high) << 4 | nibble(low),
            [high] => nibble(high) << 4 | 0x0F,
            _ => 0,
        })
        .collect()
}

/// The data of a CHANGE PIN.
#[must_use]
pub fn change_data(old: &str, new: &str) -> Vec<u8> {
    [bcd(old), vec![0xFF], bcd(new)].concat()
}
