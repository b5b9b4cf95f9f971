// Seals what a holder types in a page, so that nobody but cardd can read it: the browser's half of
// `proto/src/entry.rs`, held to the same vectors (`proto/vectors/entry.json`).
//
//   import { seal } from './seal.js';
//
//   const opened = ...;                             // the answer of PinService.BeginEntry
//   const pin = new Uint8Array([0x38, 0x33, ...]);  // ASCII digits, one byte a key press
//   const entry = await seal({
//     entryId: opened.entry_id,                     // Uint8Array, 16 bytes
//     publicKey: opened.public_key,                 // Uint8Array, 32 bytes
//     insertion: opened.insertion,                  // BigInt, safe integer, or decimal text: a u64
//     purpose: 'verify',                            // see PURPOSES
//     pins: [pin],                                  // in the order of the prompts, see PURPOSES
//   });
//   // entry: {entry_id, encapsulated_key, ciphertext}, each a Uint8Array: cardd.v1.SealedEntry.
//
// Every array in `pins` is overwritten before `seal` returns its promise, whatever comes of it. Keep
// digits in nothing else: a string cannot be overwritten, and an array that was not made by `still` may
// have been copied by the browser's garbage collector. What the browser itself keeps of key presses is
// out of a page's reach.
//
// An entry is good for one command. After a failure of any kind, begin another.
//
// Needs a secure context (https, or a page of this machine) and X25519 in WebCrypto: Chromium 133,
// Firefox 130, Safari 17 and later. `sealingIsPossible()` says so before anybody types.

import { concat, ephemeralKeys, sealBase } from './hpke.js';

/** What an entry is for: the value of cardd.v1.Purpose, and how many PINs belong to it. */
export const PURPOSES = Object.freeze({
  verify: Object.freeze({ value: 1, pins: 1 }), // the PIN
  change: Object.freeze({ value: 2, pins: 3 }), // the one in force, the new one, the new one again
  'issued-pin': Object.freeze({ value: 3, pins: 1 }), // the hall's one-time value
  'new-pin': Object.freeze({ value: 5, pins: 1 }), // a new PIN to be judged before it is typed again
  'own-pin': Object.freeze({ value: 4, pins: 2 }), // after a reset: the new one, the new one again
});

/** Most bytes of one PIN (LD/T 32.5: eight bytes of packed BCD). */
export const MAX_DIGITS = 16;

const INFO = new TextEncoder().encode('cardd.v1 PIN entry');
const ENTRY_ID_BYTES = 16;
const KEY_BYTES = 32;
const FIELDS = 3;
const FIELD_BYTES = 1 + MAX_DIGITS; // a length byte, then the digits, then zeros

/** An argument of `seal` is not what it has to be. The text never tells what was typed. */
export class SealError extends Error {
  name = 'SealError';
}

/** Bytes that stay where they are until they are overwritten: an array with a buffer of its own. What is
 * smaller than that, browsers keep in their own heap, move, and leave behind. */
export function still(length) {
  return new Uint8Array(new ArrayBuffer(length));
}

/** Whether this browser and this page can seal at all. */
export async function sealingIsPossible() {
  try {
    await ephemeralKeys();
    return true;
  } catch {
    return false;
  }
}

/**
 * Seals `pins` for one entry, insertion and purpose, and overwrites them.
 *
 * @param {{entryId: Uint8Array, publicKey: Uint8Array, insertion: bigint|number|string,
 *          purpose: keyof PURPOSES, pins: Uint8Array[]}} typed
 * @param {() => Promise<CryptoKeyPair>} [keys] whence the key pair comes: for test vectors only
 * @returns {Promise<{entry_id: Uint8Array, encapsulated_key: Uint8Array, ciphertext: Uint8Array}>}
 * @throws {SealError} if an argument is wrong, {DOMException} if the public key is none
 */
export async function seal(typed, keys = ephemeralKeys) {
  const { entryId, publicKey, aad, plaintext } = take(typed);
  try {
    const { enc, ciphertext } = await sealBase(publicKey, { info: INFO, aad, plaintext }, await keys());
    return { entry_id: entryId, encapsulated_key: enc, ciphertext };
  } finally {
    plaintext.fill(0);
  }
}

/** Everything that `seal` is given, checked and copied; the digits are gone from where they were. */
function take({ entryId, publicKey, insertion, purpose, pins }) {
  try {
    const { value, pins: count } = known(purpose);
    needBytes(entryId, ENTRY_ID_BYTES, 'entryId');
    needBytes(publicKey, KEY_BYTES, 'publicKey');
    const aad = concat(entryId, bigEndian(insertion), [value]);
    needPins(pins, count);
    return { entryId: entryId.slice(), publicKey: publicKey.slice(), aad, plaintext: message(pins) };
  } finally {
    wipe(pins);
  }
}

function known(purpose) {
  if (!Object.hasOwn(PURPOSES, purpose)) throw new SealError('purpose: none of PURPOSES');
  return PURPOSES[purpose];
}

function needBytes(bytes, length, name) {
  const right = bytes instanceof Uint8Array && bytes.length === length;
  if (!right) throw new SealError(`${name}: not a Uint8Array of ${length} bytes`);
}

/** The insertion in eight bytes, most significant first. */
function bigEndian(insertion) {
  const text = typeof insertion === 'string' && /^\d{1,20}$/.test(insertion);
  const whole = text || typeof insertion === 'bigint' || Number.isSafeInteger(insertion);
  const number = whole ? BigInt(insertion) : -1n;
  if (number < 0n || number >= 1n << 64n) throw new SealError('insertion: not a number of 64 bits without sign');
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, number);
  return bytes;
}

function needPins(pins, count) {
  const right = (pin) => pin instanceof Uint8Array && pin.length <= MAX_DIGITS;
  if (!Array.isArray(pins) || pins.length !== count || !pins.every(right)) {
    throw new SealError(`pins: not a list of ${count} Uint8Arrays of at most ${MAX_DIGITS} bytes`);
  }
}

/** Fields of one length for all inputs, so that the ciphertext does not tell how many digits there are. */
function message(pins) {
  const bytes = still(FIELDS * FIELD_BYTES);
  pins.forEach((pin, place) => {
    bytes[place * FIELD_BYTES] = pin.length;
    bytes.set(pin, place * FIELD_BYTES + 1);
  });
  return bytes;
}

function wipe(pins) {
  if (!Array.isArray(pins)) return;
  pins.filter((pin) => pin instanceof Uint8Array).forEach((pin) => pin.fill(0));
}
