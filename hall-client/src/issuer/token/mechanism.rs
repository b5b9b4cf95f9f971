//! Mechanisms of a token: the one that `cryptoki` cannot name, and those that are not there.
#![expect(
    unsafe_code,
    reason = "cryptoki offers no safe way to name a standard PKCS#11 mechanism that it does not list"
)]

use std::ffi::c_ulong;

use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::misc::KeyDerivationStringData;
use cryptoki::mechanism::vendor_defined::VendorDefinedMechanism;
use cryptoki::mechanism::{Mechanism, MechanismType};

use crate::issuer::error::KeyError;
use crate::issuer::suite::CipherSuite;

/// What a derived key is made with (PKCS#11 v2.40, key derivation by data encryption).
const DES3_ECB_ENCRYPT_DATA: MechanismType = standard(0x1102);

/// Why SM4 is refused: no version of PKCS#11 has a number for it, only vendors do.
const SM4: &str = "SM4 key derivation (PKCS#11 has no standard mechanism for it)";

/// A mechanism by its number in PKCS#11. The crate names a part of the standard ones only, and
/// makes others from numbers of vendors only.
const fn standard(number: c_ulong) -> MechanismType {
    // SAFETY: the type is `repr(transparent)` over CK_MECHANISM_TYPE, which is `c_ulong`; the
    // compiler checks that the sizes agree. Every number is a valid value: the crate hands it to
    // the token, which knows it or refuses it.
    unsafe { std::mem::transmute::<c_ulong, MechanismType>(number) }
}

/// Encrypts `data` under a base key; what comes out is the value of the new key, inside the token.
pub(super) fn encrypt_data<'a>(data: &'a KeyDerivationStringData<'_>) -> Mechanism<'a> {
    let derivation = VendorDefinedMechanism::new(DES3_ECB_ENCRYPT_DATA, Some(data));
    Mechanism::VendorDefined(derivation)
}

/// What the error of a step means, whose mechanism has this name in PKCS#11. A token is asked by
/// doing, not by its list: SoftHSM lists what it then refuses.
pub(super) fn failed(
    mechanism: &'static str,
    step: &'static str,
) -> impl FnOnce(Error) -> KeyError {
    move |error| {
        if matches!(error, Error::Pkcs11(RvError::MechanismInvalid, _)) {
            let suite = CipherSuite::Des;
            return KeyError::MechanismMissing { suite, mechanism };
        }
        KeyError::token(step)(error)
    }
}

/// SM4 in any token.
pub(super) fn sm4_missing() -> KeyError {
    KeyError::MechanismMissing {
        suite: CipherSuite::Sm4,
        mechanism: SM4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_that_of_the_standard() {
        assert_eq!(
            DES3_ECB_ENCRYPT_DATA.to_string(),
            "CKM_DES3_ECB_ENCRYPT_DATA"
        );
    }
}
