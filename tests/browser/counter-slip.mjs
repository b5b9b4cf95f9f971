// A kiosk shows a slip for a locked card; a scanner reads its code; the counter tells which card it names.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

import { seated } from './counter.mjs';
import { ask, journey, LANDSCAPE, PORTRAIT, rack } from './stage.mjs';

const SCANNER = readFileSync(createRequire(import.meta.url).resolve('jsqr'), 'utf8');
const OTHER = '0123-4567-89AB-CDEF';

await journey(async (operator) => {
  await seated(operator);
  await queued(operator);
  const scanned = await slipOf(operator, 'pin-blocked');
  assert.match(scanned.code, /^CARDD-SLIP:1:[0-9A-Z]{16}$/);
  assert.equal(scanned.code.slice(-16), scanned.printed.replaceAll('-', ''));
  await operator.screen('desk');

  // What is no slip is said; what a scanner types and what is read off the paper are the same slip.
  await brings(operator, '420101197001010000');
  await operator.sees('这不是窗口凭条');
  await operator.accessible();
  await brings(operator, OTHER);
  await brings(operator, scanned.code);
  await brings(operator, scanned.printed.toLowerCase());
  assert.deepEqual(await told(operator), [OTHER, scanned.printed]);

  await rack.insert('pin-blocked');
  await operator.screen('form');
  assert.deepEqual(await told(operator), [`${OTHER} · 是另一张卡的凭条`, `${scanned.printed} · 与读卡器中的卡相符`]);
  await operator.accessible();
  await operator.shot('counter-slip');
  await rack.pull();
  await operator.screen('desk');

  await rack.insert('w2');
  await operator.screen('form');
  await operator.sees('队列中没有读卡器中这张卡的凭条');
  assert.deepEqual(await told(operator), [`${OTHER} · 是另一张卡的凭条`, `${scanned.printed} · 是另一张卡的凭条`]);
  await operator.accessible();
}, { viewport: LANDSCAPE });

/** A card that lost a try at another desk of this terminal waits in the queue, by its reference in the ledger. */
async function queued(operator) {
  await operator.sees('待办卡片');
  const cards = operator.page.getByText(/已失去 \d+ 次/);
  assert.equal(await cards.count(), 0);
  await rack.insert('w2');
  await operator.screen('form');
  assert.equal(await ask('wrong_pin', { slot: 'a', pin: '602847' }), 'PIN_WRONG');
  await rack.pull();
  await operator.screen('desk');
  await cards.waitFor();
  assert.match(await cards.innerText(), /^[0-9a-f]{12} · 已失去 1 次$/);
}

async function brings(operator, text) {
  const turn = await operator.turn();
  await operator.page.locator('#slip').fill(text);
  await operator.touch('加入队列');
  // The same slip a second time changes nothing.
  await operator.page.waitForFunction((before) => document.querySelector('main').dataset.turn !== before || document.querySelector('.slips li:last-child'), turn);
}

function told(operator) {
  return operator.page.locator('.slips li').allInnerTexts();
}

/** What a scanner reads off the kiosk's screen, and what stands beside it. */
async function slipOf(operator, card) {
  const context = await operator.browser.newContext({ viewport: PORTRAIT, reducedMotion: 'reduce' });
  const kiosk = await context.newPage();
  await kiosk.goto(await ask('open_kiosk'));
  await kiosk.locator('main.attract').waitFor();
  await rack.insert(card);
  await kiosk.locator('main.locked').waitFor();
  const printed = await kiosk.locator('.slip .reference').innerText();
  const picture = await kiosk.locator('.slip .code').screenshot();
  await rack.pull();
  const scanner = await context.newPage();
  await scanner.evaluate(SCANNER);
  const code = await scanner.evaluate(async (bytes) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(bytes)]));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const drawn = canvas.getContext('2d');
    drawn.drawImage(bitmap, 0, 0);
    const { data, width, height } = drawn.getImageData(0, 0, bitmap.width, bitmap.height);
    return globalThis.jsQR(data, width, height)?.data;
  }, [...picture]);
  await context.close();
  return { code, printed };
}
