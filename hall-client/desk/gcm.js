// AES-128-GCM (NIST SP 800-38D) of a message that WebCrypto never gets. WebCrypto copies what it is handed,
// and a page cannot overwrite the copy; so it is asked for the key stream alone, over zeros, and the
// message meets it here, in bytes that the page overwrites. What is authenticated is no secret.

const BLOCK = 16;
const TAG_BYTES = 16;
/** Of the field: x^128 + x^7 + x^2 + x + 1, bits from the left (section 6.3). */
const REDUCTION = 0xe1n << 120n;

/** A key for `seal`. Its bytes cannot be read out, not even by this page. */
export function importKey(bytes) {
  return crypto.subtle.importKey('raw', bytes, 'AES-CTR', false, ['encrypt']);
}

/**
 * GCM-AE, section 7.1, for a nonce of twelve bytes.
 *
 * @param {CryptoKey} key from importKey()
 * @param {{nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array}} message
 * @returns {Promise<Uint8Array>} the ciphertext, which ends with its tag
 */
export async function seal(key, { nonce, aad, plaintext }) {
  const first = new Uint8Array(BLOCK);
  first.set(nonce);
  first[BLOCK - 1] = 1;
  const [hashKey, stream] = await Promise.all([
    keyStream(key, new Uint8Array(BLOCK), BLOCK),
    keyStream(key, first, BLOCK + plaintext.length),
  ]);
  const sealed = new Uint8Array(plaintext.length + TAG_BYTES);
  plaintext.forEach((byte, at) => { sealed[at] = byte ^ stream[BLOCK + at]; });
  const tag = hash(number(hashKey), aad, sealed.subarray(0, plaintext.length)) ^ number(stream.subarray(0, BLOCK));
  sealed.set(block(tag), plaintext.length);
  stream.fill(0);
  return sealed;
}

/** Enciphered counters from `first` on: what CTR mode makes of zeros. */
async function keyStream(key, first, length) {
  const algorithm = { name: 'AES-CTR', counter: first, length: 32 };
  return new Uint8Array(await crypto.subtle.encrypt(algorithm, key, new Uint8Array(length)));
}

/** GHASH, section 6.4, over both parts, each filled up to whole blocks, and their lengths in bits. */
function hash(key, aad, ciphertext) {
  const lengths = (BigInt(aad.length * 8) << 64n) | BigInt(ciphertext.length * 8);
  const blocks = [...whole(aad), ...whole(ciphertext), lengths];
  return blocks.reduce((sum, next) => multiply(sum ^ next, key), 0n);
}

function whole(bytes) {
  const filled = new Uint8Array(Math.ceil(bytes.length / BLOCK) * BLOCK);
  filled.set(bytes);
  return Array.from({ length: filled.length / BLOCK }, (_, at) => number(filled.subarray(at * BLOCK, (at + 1) * BLOCK)));
}

/** Multiplication of blocks, section 6.3. */
function multiply(x, y) {
  let [product, shifted] = [0n, y];
  for (let bit = 127n; bit >= 0n; bit -= 1n) {
    if ((x >> bit) & 1n) product ^= shifted;
    shifted = shifted & 1n ? (shifted >> 1n) ^ REDUCTION : shifted >> 1n;
  }
  return product;
}

function number(bytes) {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function block(value) {
  return Uint8Array.from({ length: BLOCK }, (_, at) => Number((value >> BigInt(8 * (BLOCK - 1 - at))) & 0xffn));
}
