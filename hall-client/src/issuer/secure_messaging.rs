//! Authentication data and secure messaging under a session key (LD/T 32.4).

use super::authentication::AuthenticationData;
use super::error::KeyError;
use super::factors::zero_filled;
use super::issued_value::IssuedValue;
use super::keys::SessionKey;
use super::message::SecureMessage;
use super::pin_block::pin_block;
use super::suite::CipherSuite;

/// Length of a MAC, bytes.
const MAC_BYTES: usize = 4;

/// PIN CHANGE/UNBLOCK, P2 00: the PIN is kept.
const KEEP: [u8; 4] = [0x84, 0x24, 0x00, 0x00];

/// PIN CHANGE/UNBLOCK, P2 01: the PIN is replaced.
const REPLACE: [u8; 4] = [0x84, 0x24, 0x00, 0x01];

/// The original, enciphered; of a 16-byte block the left half XOR the right one.
pub(super) fn authentication_data(
    suite: CipherSuite,
    key: &dyn SessionKey,
    original: [u8; 8],
) -> Result<AuthenticationData, KeyError> {
    let block = zero_filled(&original, suite).ok_or(KeyError::BackendAnswer)?;
    let enciphered = key.encipher(&block)?;
    whole(suite, &enciphered)?;
    folded(&enciphered).map(AuthenticationData)
}

pub(super) fn unblock(suite: CipherSuite, key: &dyn SessionKey) -> Result<SecureMessage, KeyError> {
    protected(suite, key, KEEP, &[])
}

pub(super) fn reload(
    suite: CipherSuite,
    key: &dyn SessionKey,
    value: &IssuedValue,
) -> Result<SecureMessage, KeyError> {
    let block = pin_block(suite, value)?;
    let enciphered = key.encipher(&block)?;
    whole(suite, &enciphered)?;
    protected(suite, key, REPLACE, &enciphered)
}

/// Header, Lc with the MAC counted in, data, MAC.
pub(super) fn protected(
    suite: CipherSuite,
    key: &dyn SessionKey,
    header: [u8; 4],
    data: &[u8],
) -> Result<SecureMessage, KeyError> {
    let lc = u8::try_from(data.len() + MAC_BYTES).map_err(|_| KeyError::BackendAnswer)?;
    let mut command = [&header[..], &[lc], data].concat();
    let mac = mac(suite, key, &command)?;
    command.extend(mac);
    Ok(SecureMessage::new(command))
}

/// Zero initial value: the challenge enters through the session key. Left 4 bytes of the last block
/// in the DES suite, XOR of its four words in the SM4 suite.
fn mac(
    suite: CipherSuite,
    key: &dyn SessionKey,
    message: &[u8],
) -> Result<[u8; MAC_BYTES], KeyError> {
    let last = key.last_chained_block(&padded(suite, message))?;
    whole(suite, &last)?;
    match suite {
        CipherSuite::Des => last.first_chunk().copied().ok_or(KeyError::BackendAnswer),
        CipherSuite::Sm4 => folded(&last),
    }
}

/// `80`, then zeros up to a whole block; a whole block more when `message` is one already.
fn padded(suite: CipherSuite, message: &[u8]) -> Vec<u8> {
    let mut padded = [message, &[0x80]].concat();
    padded.resize(padded.len().next_multiple_of(suite.block_bytes()), 0);
    padded
}

/// XOR of the parts of `N` bytes that `block` is made of.
fn folded<const N: usize>(block: &[u8]) -> Result<[u8; N], KeyError> {
    let (parts, []) = block.as_chunks::<N>() else {
        return Err(KeyError::BackendAnswer);
    };
    let mut sum = [0; N];
    for part in parts {
        for (total, byte) in sum.iter_mut().zip(part) {
            *total ^= byte;
        }
    }
    Ok(sum)
}

fn whole(suite: CipherSuite, block: &[u8]) -> Result<(), KeyError> {
    if block.len() == suite.block_bytes() {
        Ok(())
    } else {
        Err(KeyError::BackendAnswer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aligned_message_gets_a_block_of_padding() {
        assert_eq!(padded(CipherSuite::Des, &[1; 8]).len(), 16);
        assert_eq!(
            padded(CipherSuite::Des, &[1; 7]),
            [1, 1, 1, 1, 1, 1, 1, 0x80]
        );
        assert_eq!(padded(CipherSuite::Sm4, &[1; 16]).len(), 32);
    }

    #[test]
    fn a_backend_that_answers_another_length_is_refused() {
        struct Short;
        impl SessionKey for Short {
            fn encipher(&self, _: &[u8]) -> Result<Vec<u8>, KeyError> {
                Ok(vec![0; 4])
            }
            fn last_chained_block(&self, _: &[u8]) -> Result<Vec<u8>, KeyError> {
                Ok(vec![0; 4])
            }
        }
        for suite in [CipherSuite::Des, CipherSuite::Sm4] {
            let data = authentication_data(suite, &Short, [0; 8]);
            assert!(matches!(data, Err(KeyError::BackendAnswer)), "{suite}");
            let message = unblock(suite, &Short);
            assert!(matches!(message, Err(KeyError::BackendAnswer)), "{suite}");
        }
    }
}
