//! One block through each cipher. Key schedules are wiped by the cipher crates.

use cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use des::{Des, TdesEde2};
use sm4::Sm4;

/// Single DES.
pub(super) fn des(key: &[u8; 8], mut block: [u8; 8]) -> [u8; 8] {
    Des::new(key.into()).encrypt_block((&mut block).into());
    block
}

/// Single DES backwards.
pub(super) fn des_inverse(key: &[u8; 8], mut block: [u8; 8]) -> [u8; 8] {
    Des::new(key.into()).decrypt_block((&mut block).into());
    block
}

/// Two-key triple DES.
pub(super) fn triple_des(key: &[u8; 16], mut block: [u8; 8]) -> [u8; 8] {
    TdesEde2::new(key.into()).encrypt_block((&mut block).into());
    block
}

/// SM4.
pub(super) fn sm4(key: &[u8; 16], mut block: [u8; 16]) -> [u8; 16] {
    Sm4::new(key.into()).encrypt_block((&mut block).into());
    block
}

/// SM4 backwards.
pub(super) fn sm4_inverse(key: &[u8; 16], mut block: [u8; 16]) -> [u8; 16] {
    Sm4::new(key.into()).decrypt_block((&mut block).into());
    block
}

/// Two halves side by side.
pub(super) fn join(left: [u8; 8], right: [u8; 8]) -> [u8; 16] {
    let mut joined = [0; 16];
    for (to, from) in joined.iter_mut().zip(left.iter().chain(&right)) {
        *to = *from;
    }
    joined
}
