//! From a root key to the key of one card (LD/T 33, 分散).

use super::blocks::{des, join, sm4, triple_des};
use super::{Key, Suite};

/// The three 8-byte factors, in the order they apply to a national root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factors {
    /// L1: first two digits of the city code ‖ "0000sh".
    pub province: [u8; 8],
    /// L2: six digits of the city code ‖ "sx".
    pub city: [u8; 8],
    /// L3: historical bytes T6 to TD.
    pub card: [u8; 8],
}

impl Factors {
    /// Factors of a card from its city code (six ASCII digits) and historical bytes T6 to TD.
    #[must_use]
    pub fn new(city_code: [u8; 6], card: [u8; 8]) -> Self {
        let [a, b, c, d, e, f] = city_code;
        let province = [a, b, b'0', b'0', b'0', b'0', b's', b'h'];
        Self {
            province,
            city: [a, b, c, d, e, f, b's', b'x'],
            card,
        }
    }
}

/// The key of one card from a national root: L1, then L2, then L3.
#[must_use]
pub fn card_key(suite: Suite, root: &Key, factors: &Factors) -> Key {
    let province = diversify(suite, root, factors.province);
    let city = diversify(suite, &province, factors.city);
    diversify(suite, &city, factors.card)
}

/// One level. DES, 16-byte key: 3DES(K, f) ‖ 3DES(K, NOT f); 8-byte key: DES(K, f). SM4: E(K, f ‖
/// NOT f).
pub(super) fn diversify(suite: Suite, key: &Key, factor: [u8; 8]) -> Key {
    let inverse = factor.map(|byte| !byte);
    match (suite, key) {
        (Suite::Des | Suite::Sm4, Key::Single(key)) => Key::Single(des(key, factor)),
        (Suite::Des, Key::Double(key)) => {
            Key::Double(join(triple_des(key, factor), triple_des(key, inverse)))
        }
        (Suite::Sm4, Key::Double(key)) => Key::Double(sm4(key, join(factor, inverse))),
    }
}
