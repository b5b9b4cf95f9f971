//! The issuer's keys of the social security environment (LD/T 33, key table).

use std::fmt;

use serde::Deserialize;

use super::suite::CipherSuite;

/// A key that the card shares with its issuer. The names in files are `irk`, `puk`, `stk`, `rkssse`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
pub enum KeyKind {
    /// IRK 内部认证密钥: the card shows that it is genuine.
    #[serde(rename = "irk")]
    InternalAuthentication,
    /// PUK 个人密码解锁密钥: gives the right to PIN CHANGE/UNBLOCK.
    #[serde(rename = "puk")]
    PinUnblock,
    /// STK 应用维护密钥: enciphers and protects the message of PIN CHANGE/UNBLOCK.
    #[serde(rename = "stk")]
    Maintenance,
    /// RKSSSE: gives the right to read name and number of a third-generation card.
    #[serde(rename = "rkssse")]
    ReadSsse,
}

impl KeyKind {
    /// Key identifier, P2 of INTERNAL and EXTERNAL AUTHENTICATION (LD/T 33).
    #[must_use]
    pub fn identifier(self) -> u8 {
        match self {
            Self::InternalAuthentication => 0x00,
            Self::Maintenance => 0x02,
            Self::PinUnblock => 0x06,
            Self::ReadSsse => 0x0A,
        }
    }

    /// Length, bytes: 16, but 8 for the STK of the DES suite (LD/T 33).
    #[must_use]
    pub fn key_bytes(self, suite: CipherSuite) -> usize {
        match (suite, self) {
            (CipherSuite::Des, Self::Maintenance) => 8,
            (CipherSuite::Des | CipherSuite::Sm4, _) => 16,
        }
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InternalAuthentication => "IRK",
            Self::PinUnblock => "PUK",
            Self::Maintenance => "STK",
            Self::ReadSsse => "RKSSSE",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_and_lengths_of_the_key_table() {
        let table = [
            (KeyKind::InternalAuthentication, 0x00, 16),
            (KeyKind::Maintenance, 0x02, 8),
            (KeyKind::PinUnblock, 0x06, 16),
            (KeyKind::ReadSsse, 0x0A, 16),
        ];
        for (kind, identifier, des_bytes) in table {
            assert_eq!(kind.identifier(), identifier, "{kind}");
            assert_eq!(kind.key_bytes(CipherSuite::Des), des_bytes, "{kind}");
            assert_eq!(kind.key_bytes(CipherSuite::Sm4), 16, "{kind}");
        }
    }
}
