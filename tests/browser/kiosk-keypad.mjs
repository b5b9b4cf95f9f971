// No pixel tells which key was pressed; and the page is of no use to another origin.

import assert from 'node:assert/strict';

import { serve } from './browser.mjs';
import { startsChange } from './kiosk.mjs';
import { journey, LANDSCAPE, rack } from './stage.mjs';

await journey(
  async (stage) => {
    const { page } = stage;
    await rack.insert('w2');
    await startsChange(stage);
    await page.mouse.move(5, 500);

    const pad = page.locator('.pad');
    // Everything but the time that is left.
    const seen = () => page.screenshot({ animations: 'disabled', mask: [page.locator('footer')] });
    const clear = () => page.locator('.pad').getByText('清空', { exact: true }).click();
    const empty = await seen();
    const one = await pressed(page, pad, '0', seen, empty);
    assert.ok(!one.equals(empty), 'the picture does not change at all: a dot is missing');
    for (const digit of '123456789') {
      await clear();
      assert.ok((await seen()).equals(empty), 'clear leaves something');
      const after = await pressed(page, pad, digit, seen, empty);
      assert.ok(after.equals(one), `key ${digit} looks other than key 0`);
    }
    // A keyboard shows no more than a finger.
    await clear();
    for (const digit of '0123456789') {
      await page.keyboard.press(digit);
      assert.ok((await seen()).equals(one), `keyboard ${digit}`);
      await page.keyboard.press('Backspace');
      assert.ok((await seen()).equals(empty), 'Backspace');
    }
    await assertShuffled(stage);
    await assertForeign(stage);
    await assertGuided(stage);
  },
  { viewport: LANDSCAPE },
);

/** Presses a key; while it is held nothing may change. Answers what is seen afterwards. */
async function pressed(page, pad, digit, seen, before) {
  const box = await pad.getByText(digit, { exact: true }).boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  assert.ok((await seen()).equals(before), `hovering over ${digit} is seen`);
  await page.mouse.down();
  assert.ok((await seen()).equals(before), `holding ${digit} is seen`);
  await page.mouse.up();
  return seen();
}

/** The keys lie otherwise each time: ten times the same order is no accident. */
async function assertShuffled(stage) {
  const orders = new Set();
  for (let round = 0; round < 10 && orders.size < 2; round += 1) {
    orders.add(await stage.page.locator('.pad').innerText());
    await stage.touch('返回');
    await startsChange(stage);
  }
  assert.ok(orders.size > 1, [...orders].join());
}

/** Who does not see the keys finds each at its place, every time. */
async function assertGuided(stage) {
  await stage.touch('语音引导');
  for (let round = 0; round < 2; round += 1) {
    const keys = await stage.page.locator('.pad .key').allInnerTexts();
    assert.deepEqual(keys, [...'123456789', '清空', '0', '删除']);
    await stage.touch('返回');
    await startsChange(stage);
  }
}

/** A page of another origin on this machine has the desk's cookie (cookies know no ports), and yet
 * can neither touch nor see. */
async function assertForeign(stage) {
  const site = await serve('hall-client/desk');
  const context = await stage.browser.newContext({ bypassCSP: true });
  await context.addCookies(await stage.context.cookies());
  const other = await context.newPage();
  await other.goto(site.origin);
  const turn = await stage.turn();
  const told = await other.evaluate(async ([origin, turn]) => {
    const body = JSON.stringify({ turn: Number(turn), act: 'back' });
    const request = { method: 'POST', mode: 'no-cors', credentials: 'include', body };
    // It is sent; its answer is kept from other origins.
    await fetch(`${origin}/act/kiosk`, request).catch(() => {});
    const source = new EventSource(`${origin}/events/kiosk`, { withCredentials: true });
    return new Promise((done) => {
      source.onmessage = () => done('seen');
      source.onerror = () => done('refused');
    });
  }, [stage.origin, turn]);
  assert.equal(told, 'refused');
  // The stage still answers touches, in the same turn: the foreign one did nothing.
  assert.equal(await stage.turn(), turn);
  const renamed = await context.request.get(stage.origin.replace('127.0.0.1', 'localhost'));
  assert.equal(renamed.status(), 421);
  await context.close();
  await site.close();
}
