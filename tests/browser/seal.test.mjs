// The page's seal, in a real Chromium, held to the vectors of RFC 9180 and to our own.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { launch, ROOT, serve } from './browser.mjs';

const vectors = JSON.parse(readFileSync(`${ROOT}proto/vectors/entry.json`, 'utf8'));

let browser, site, page;
const requested = [];

before(async () => {
  browser = await launch({ args: ['--host-resolver-rules=MAP insecure.test 127.0.0.1'] });
  site = await serve('hall-client/desk');
  page = await browser.newPage();
  page.on('request', (request) => requested.push(request.url()));
  await page.goto(site.origin);
  await page.evaluate(prepare);
});

after(async () => {
  await browser?.close();
  await site?.close();
});

/** In the page: the modules under test, and hexadecimal. */
async function prepare() {
  const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const hex = (array) => Array.from(array, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const base64 = (text) => btoa(String.fromCharCode(...bytes(text))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
  const keys = async ({ ephemeral_private: d, encapsulated_key: x }) => {
    const jwk = { kty: 'OKP', crv: 'X25519', d: base64(d), x: base64(x) };
    const privateKey = await crypto.subtle.importKey('jwk', jwk, 'X25519', false, ['deriveBits']);
    const publicKey = await crypto.subtle.importKey('raw', bytes(x), 'X25519', true, []);
    return { privateKey, publicKey };
  };
  const typed = (vector) => ({
    entryId: bytes(vector.entry_id),
    publicKey: bytes(vector.recipient_public),
    insertion: vector.insertion,
    purpose: vector.purpose,
    pins: vector.pins.map((pin) => new TextEncoder().encode(pin)),
  });
  const modules = { ...(await import('/hpke.js')), ...(await import('/seal.js')) };
  Object.assign(globalThis, { modules, bytes, hex, keys, typed });
}

test('the vector of RFC 9180', async () => {
  const { rfc9180: vector } = vectors;
  const sealed = await page.evaluate(async (vector) => {
    const message = { info: bytes(vector.info), aad: bytes(vector.associated_data), plaintext: bytes(vector.plaintext) };
    const { enc, ciphertext } = await modules.sealBase(bytes(vector.recipient_public), message, await keys(vector));
    return [hex(enc), hex(ciphertext)];
  }, vector);
  assert.deepEqual(sealed, [vector.encapsulated_key, vector.ciphertext]);
});

for (const vector of vectors.entries) {
  test(`our vector: ${vector.case}`, async () => {
    const sealed = await page.evaluate(async (vector) => {
      const entry = await modules.seal(typed(vector), () => keys(vector));
      return Object.fromEntries(Object.entries(entry).map(([name, value]) => [name, hex(value)]));
    }, vector);
    const { entry_id, encapsulated_key, ciphertext } = vector;
    assert.deepEqual(sealed, { entry_id, encapsulated_key, ciphertext });
  });
}

test('an insertion may come as text, as a BigInt or as a safe integer', async () => {
  const vector = vectors.entries.find(({ insertion }) => insertion === '9007199254740991');
  const sealed = await page.evaluate(async (vector) => {
    const forms = [vector.insertion, BigInt(vector.insertion), Number(vector.insertion)];
    const seal = (insertion) => modules.seal({ ...typed(vector), insertion }, () => keys(vector));
    return Promise.all(forms.map(async (form) => hex((await seal(form)).ciphertext)));
  }, vector);
  assert.deepEqual(sealed, Array(3).fill(vector.ciphertext));
});

test('each seal has a key of its own', async () => {
  const [one, other] = await page.evaluate(async (vector) => {
    const seal = async () => hex((await modules.seal(typed(vector))).encapsulated_key);
    return [await seal(), await seal()];
  }, vectors.entries[0]);
  assert.notEqual(one, other);
  assert.equal(one.length, 64);
});

test('digits are overwritten before the promise is there', async () => {
  const left = await page.evaluate(async (vector) => {
    const arguments_ = typed(vector);
    const promise = modules.seal(arguments_);
    const left = arguments_.pins.map(hex);
    await promise;
    return left;
  }, vectors.entries[0]);
  assert.deepEqual(left, ['00000000']);
});

const WRONG = {
  'an entry id that is too short': { entryId: 'short' },
  'a public key that is text': { publicKey: 'text' },
  'a public key of small order': { publicKey: 'zero' },
  'a purpose that is none': { purpose: 'toString' },
  'too few PINs': { purpose: 'change' },
  'a PIN with 17 digits': { pins: '12345678901234567' },
  'an insertion below zero': { insertion: -1 },
  'an insertion with a fraction': { insertion: 1.5 },
  'an insertion that is no safe integer': { insertion: 2 ** 53 },
  'an insertion of 65 bits': { insertion: '18446744073709551616' },
  'an insertion that is no number': { insertion: '' },
};

for (const [name, wrong] of Object.entries(WRONG)) {
  test(`${name}: refused, and the digits are overwritten`, async () => {
    const [problem, left] = await page.evaluate(async ([vector, wrong]) => {
      const values = { short: new Uint8Array(15), text: 'a'.repeat(32), zero: new Uint8Array(32) };
      const pins = wrong.pins ? [new TextEncoder().encode(wrong.pins)] : typed(vector).pins;
      const replaced = Object.fromEntries(Object.entries(wrong).map(([key, value]) => [key, values[value] ?? value]));
      const problem = await modules.seal({ ...typed(vector), ...replaced, pins }).catch((error) => `${error.name}: ${error.message}`);
      return [problem, pins.flatMap((pin) => [...pin])];
    }, [vectors.entries[0], wrong]);
    assert.match(problem, /^(SealError|OperationError): /);
    assert.doesNotMatch(problem, /8305|1234/);
    assert.ok(left.length > 0 && left.every((byte) => byte === 0), left);
  });
}

test('a page says beforehand whether it can seal', async () => {
  assert.equal(await page.evaluate(() => modules.sealingIsPossible()), true);
  const insecure = await browser.newPage();
  await insecure.goto(`http://insecure.test:${site.port}`);
  assert.equal(await insecure.evaluate(async () => (await import('/seal.js')).sealingIsPossible()), false);
  await insecure.close();
});

test('what WebCrypto would make of a message is what is made without handing it over', async () => {
  const differ = await page.evaluate(async () => {
    const { importKey, seal } = await import('/gcm.js');
    const random = (length) => crypto.getRandomValues(new Uint8Array(length));
    const differ = [];
    for (const length of [0, 1, 15, 16, 17, 31, 32, 33, 51, 64, 200]) {
      const [bytes, nonce, aad, plaintext] = [random(16), random(12), random(length % 40), random(length)];
      const witness = await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt']);
      const wanted = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: aad }, witness, plaintext);
      const sealed = await seal(await importKey(bytes), { nonce, aad, plaintext });
      if (hex(sealed) !== hex(new Uint8Array(wanted))) differ.push(length);
    }
    return differ;
  });
  assert.deepEqual(differ, []);
});

test('nothing is loaded but the three modules', () => {
  assert.deepEqual(requested.sort(), ['/', '/gcm.js', '/hpke.js', '/seal.js'].map((path) => site.origin + path));
});
