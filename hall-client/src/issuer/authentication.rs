//! Authentication data (鉴别数据) of INTERNAL and EXTERNAL AUTHENTICATION (LD/T 32.4).

use subtle::ConstantTimeEq;

/// 8 bytes that only a holder of the key can make for one challenge and one original (原始信息).
#[derive(Debug, Clone, Copy)]
pub struct AuthenticationData(pub [u8; 8]);

/// What INTERNAL AUTHENTICATION says about a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum CardAnswer {
    /// The card holds the issuer's IRK for its number.
    Genuine,
    /// It does not: another issuer's card, or none at all.
    Foreign,
}

impl AuthenticationData {
    /// Compares with what the card presented, in constant time.
    pub fn judge(&self, presented: &Self) -> CardAnswer {
        if bool::from(self.0.ct_eq(&presented.0)) {
            CardAnswer::Genuine
        } else {
            CardAnswer::Foreign
        }
    }
}
