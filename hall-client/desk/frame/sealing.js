// Seals what was typed to the entry that a screen was given.

import { seal } from '/seal.js';

/**
 * The seal, as the server passes it on. `pins` are overwritten, whatever comes of it.
 *
 * @param {{entry_id: string, public_key: string, insertion: string}} screen
 * @param {'verify'|'change'|'own-pin'} purpose
 * @param {Uint8Array[]} pins
 */
export async function sealFor(screen, purpose, pins) {
  const sealed = await seal({
    entryId: bytes(screen.entry_id),
    publicKey: bytes(screen.public_key),
    insertion: screen.insertion,
    purpose,
    pins,
  });
  return { encapsulated_key: hex(sealed.encapsulated_key), ciphertext: hex(sealed.ciphertext) };
}

function bytes(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function hex(array) {
  return Array.from(array, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
