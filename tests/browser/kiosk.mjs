// What journeys at the kiosk share.

import assert from 'node:assert/strict';

import { rack } from './stage.mjs';

export const [ISSUED, OWN, WRONG] = ['123456', '830571', '602847'];
/** Whose the card `w2` is, as far as any screen may say it. */
export const MASKED = '＊＊丁';

/** From any screen with a card of its own PIN's to the first digit of a change. */
export async function startsChange(stage) {
  await stage.screen('home');
  await stage.touch('修改密码');
  await stage.screen('enter');
}

/** Types the PIN in force and a new one, twice. */
export async function changes(stage, old, fresh) {
  await stage.types(old);
  await stage.sees('请输入新密码');
  await stage.types(fresh);
  await stage.sees('请再次输入新密码');
  await stage.types(fresh);
}

/** The card is pulled: nothing of its holder is left, on the screen, in the document or behind "back". */
export async function leavesNothing(stage) {
  await rack.pull();
  await stage.screen('attract');
  const left = await stage.page.evaluate(() => ({
    text: document.documentElement.innerHTML,
    history: history.length,
    state: history.state,
    address: location.href,
    kept: Object.keys(sessionStorage).length + Object.keys(localStorage).length,
  }));
  assert.ok(!left.text.includes(MASKED) && !left.text.includes('ZZ0'), left.text);
  assert.equal(left.history, stage.historyAtStart);
  assert.deepEqual([left.state, left.address, left.kept], [null, stage.url.split('#')[0], 0]);
}

/** Nothing that went over the network has these digits in it. */
export function silent({ network }, ...secrets) {
  assert.ok(network.some((said) => said.includes('/act/kiosk')));
  for (const said of network) for (const digits of secrets) assert.ok(!said.includes(digits), said);
}
