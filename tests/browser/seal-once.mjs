// Seals what standard input says, in a page, and prints the sealed entry: for a test whose cardd opens it.
// In:  {"entryId": hex, "publicKey": hex, "insertion": text, "purpose": text, "pins": [text]}
// Out: {"entry_id": hex, "encapsulated_key": hex, "ciphertext": hex}

import { readFileSync } from 'node:fs';

import { launch, serve } from './browser.mjs';

const wanted = JSON.parse(readFileSync(0, 'utf8'));
const browser = await launch();
const site = await serve('hall-client/desk');
try {
  const page = await browser.newPage();
  await page.goto(site.origin);
  const sealed = await page.evaluate(async ({ entryId, publicKey, pins, ...rest }) => {
    const { seal } = await import('/seal.js');
    const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
    const hex = (array) => Array.from(array, (byte) => byte.toString(16).padStart(2, '0')).join('');
    const typed = pins.map((pin) => new TextEncoder().encode(pin));
    const entry = await seal({ ...rest, entryId: bytes(entryId), publicKey: bytes(publicKey), pins: typed });
    return Object.fromEntries(Object.entries(entry).map(([name, value]) => [name, hex(value)]));
  }, wanted);
  process.stdout.write(`${JSON.stringify(sealed)}\n`);
} finally {
  await browser.close();
  await site.close();
}
