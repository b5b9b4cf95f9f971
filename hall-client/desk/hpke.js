// HPKE (RFC 9180), sending side, for one suite and mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256,
// AES-128-GCM, mode base, one message. WebCrypto, which never gets the message (see gcm.js); nothing is
// loaded from anywhere.
//
// RFC 9180's Extract and Expand are HKDF's two steps. Where one follows the other at once, WebCrypto's
// HKDF is both of them; where Extract stands alone, it is HMAC.

import { importKey, seal } from './gcm.js';

const KEM_ID = [0x00, 0x20]; // DHKEM(X25519, HKDF-SHA256), section 7.1
const KDF_ID = [0x00, 0x01]; // HKDF-SHA256, section 7.2
const AEAD_ID = [0x00, 0x01]; // AES-128-GCM, section 7.3
const HASH_BYTES = 32;
const KEY_BYTES = 16;
const NONCE_BYTES = 12;
const MODE_BASE = 0x00;

const NOTHING = new Uint8Array();
const encoder = new TextEncoder();
const KEM_SUITE = concat(encoder.encode('KEM'), KEM_ID);
const HPKE_SUITE = concat(encoder.encode('HPKE'), KEM_ID, KDF_ID, AEAD_ID);

/** A new key pair for one encapsulation. Its private half cannot be read out, not even by this page. */
export function ephemeralKeys() {
  return crypto.subtle.generateKey('X25519', false, ['deriveBits']);
}

/**
 * Seals one message to a public key: SealBase of RFC 9180, section 6.1.
 *
 * @param {Uint8Array} publicKey the recipient's, 32 bytes
 * @param {{info: Uint8Array, aad: Uint8Array, plaintext: Uint8Array}} message
 * @param {CryptoKeyPair} ephemeral from ephemeralKeys(), used once
 * @returns {Promise<{enc: Uint8Array, ciphertext: Uint8Array}>} the ciphertext ends with its tag
 * @throws {DOMException} if the key is none, or of small order (section 7.1.4)
 */
export async function sealBase(publicKey, { info, aad, plaintext }, ephemeral) {
  const { enc, sharedSecret } = await encapsulate(publicKey, ephemeral);
  try {
    const { key, nonce } = await keySchedule(sharedSecret, info);
    return { enc, ciphertext: await seal(key, { nonce, aad, plaintext }) };
  } finally {
    sharedSecret.fill(0);
  }
}

/** Encap, section 4.1. */
async function encapsulate(publicKey, ephemeral) {
  const recipient = await crypto.subtle.importKey('raw', publicKey, 'X25519', true, []);
  const algorithm = { name: 'X25519', public: recipient };
  const dh = new Uint8Array(await crypto.subtle.deriveBits(algorithm, ephemeral.privateKey, 8 * HASH_BYTES));
  try {
    const enc = new Uint8Array(await crypto.subtle.exportKey('raw', ephemeral.publicKey));
    const suite = { id: KEM_SUITE, salt: NOTHING };
    const secret = await labeledSecret(suite, 'eae_prk', dh);
    const sharedSecret = await secret.expand('shared_secret', concat(enc, publicKey), HASH_BYTES);
    return { enc, sharedSecret };
  } finally {
    dh.fill(0);
  }
}

/** KeySchedule, section 5.1, in mode base: no pre-shared key. The first message's nonce is the base nonce. */
async function keySchedule(sharedSecret, info) {
  const [pskIdHash, infoHash] = await Promise.all([
    labeledExtract('psk_id_hash', NOTHING),
    labeledExtract('info_hash', info),
  ]);
  const context = concat([MODE_BASE], pskIdHash, infoHash);
  const secret = await labeledSecret({ id: HPKE_SUITE, salt: sharedSecret }, 'secret', NOTHING);
  const [bytes, nonce] = await Promise.all([
    secret.expand('key', context, KEY_BYTES),
    secret.expand('base_nonce', context, NONCE_BYTES),
  ]);
  const key = await importKey(bytes);
  bytes.fill(0);
  return { key, nonce };
}

/** LabeledExtract, section 4, whose result never leaves WebCrypto, with LabeledExpand on top of it. */
async function labeledSecret({ id, salt }, label, ikm) {
  const labeled = labeledIkm(id, label, ikm);
  const key = await crypto.subtle.importKey('raw', labeled, 'HKDF', false, ['deriveBits']);
  labeled.fill(0);
  const expand = async (expandLabel, context, length) => {
    const info = concat([length >> 8, length & 0xff], encoder.encode('HPKE-v1'), id, encoder.encode(expandLabel), context);
    const algorithm = { name: 'HKDF', hash: 'SHA-256', salt, info };
    return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, 8 * length));
  };
  return { expand };
}

/** LabeledExtract, section 4, with an empty salt: HMAC under a key of zeros (RFC 5869, section 2.2). */
async function labeledExtract(label, ikm) {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', new Uint8Array(HASH_BYTES), algorithm, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, labeledIkm(HPKE_SUITE, label, ikm)));
}

function labeledIkm(suite, label, ikm) {
  return concat(encoder.encode('HPKE-v1'), suite, encoder.encode(label), ikm);
}

/** Byte arrays, or lists of byte values, one after the other. */
export function concat(...parts) {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
