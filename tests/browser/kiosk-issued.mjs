// A card that is known to have an issued PIN: the kiosk says so at once, and leads to the change.

import assert from 'node:assert/strict';

import { changes, leavesNothing, OWN, silent, startsChange } from './kiosk.mjs';
import { journey, rack } from './stage.mjs';

/** What the issuer set in the reset before this journey; the holder was told. */
const SET = '739158';

await journey(async (stage) => {
  stage.historyAtStart = await stage.page.evaluate(() => history.length);
  await stage.screen('attract');
  await rack.insert('w2');
  await stage.screen('home');
  await stage.sees('您的卡仍在使用初始密码，请现在修改');
  await stage.sees('初始密码不能用于医院结算等业务');
  await stage.sees('密码剩余 6 次');
  await stage.accessible();
  await stage.shot('kiosk-home-issued');

  // What is said comes from the card and the ledger, not from what was typed here.
  await stage.touch('以后再说，取卡');
  await stage.screen('take_card');
  await leavesNothing(stage);
  await rack.insert('w2');
  await stage.sees('您的卡仍在使用初始密码，请现在修改');

  const before = await rack.pinsSent();
  await startsChange(stage);
  await stage.sees('剩余 6 次机会');
  await changes(stage, SET, OWN);
  await stage.screen('changed');
  await stage.sees('密码修改成功');
  assert.equal(await rack.pinsSent(), before + 1);
  assert.equal(await rack.tries('w2'), 6);
  await leavesNothing(stage);
  await rack.insert('w2');
  await stage.sees('您已设置自己的密码。');
  silent(stage, SET, OWN);
});
