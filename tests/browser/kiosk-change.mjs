// The holder of a card with the issued PIN changes it at a kiosk; a weak one is refused before it is
// typed again, and the next holder reads the same screens in English.

import assert from 'node:assert/strict';

import { ISSUED, leavesNothing, OWN, silent, startsChange } from './kiosk.mjs';
import { journey, rack } from './stage.mjs';

const BIRTH_DATE = '850615';

await journey(async (stage) => {
  stage.historyAtStart = await stage.page.evaluate(() => history.length);
  await stage.screen('attract');
  await stage.accessible();
  await stage.shot('kiosk-attract');

  await rack.insert('w2');
  await stage.screen('home');
  await stage.sees('密码剩余 6 次');
  await stage.sees('＊＊丁');
  await stage.sees('420*************03');
  await stage.accessible();
  await stage.shot('kiosk-home');

  await startsChange(stage);
  await stage.sees('剩余 6 次机会');
  await stage.accessible();
  await stage.shot('kiosk-enter-old');
  await stage.types(ISSUED);
  await stage.sees('请输入新密码');
  // Every rule is said before anybody types.
  await stage.sees('新密码不能是持卡人的出生日期');
  assert.equal(await stage.page.locator('.rules li').count(), 10);
  await stage.shot('kiosk-enter-new');
  await stage.types(BIRTH_DATE);
  await stage.page.locator('.what').getByText('新密码不能是持卡人的出生日期').waitFor();
  await stage.sees('本次未消耗次数。');
  await stage.sees('请输入新密码');
  await stage.accessible();
  await stage.shot('kiosk-enter-weak');
  assert.equal(await rack.pinsSent(), 0);
  assert.equal(await rack.tries('w2'), 6);
  await stage.types(OWN);
  await stage.sees('请再次输入新密码');
  assert.equal(await rack.pinsSent(), 0);
  await stage.types(OWN);
  await stage.screen('changed');
  await stage.accessible();
  await stage.shot('kiosk-changed');
  assert.equal(await rack.pinsSent(), 1);
  assert.equal(await rack.tries('w2'), 6);
  await leavesNothing(stage);

  // In English; the language goes back with the card.
  await rack.insert('w2');
  await stage.screen('home');
  await stage.sees('您已设置自己的密码。');
  await stage.touch('English');
  await stage.sees('You have set a PIN of your own.');
  assert.equal(await stage.page.evaluate(() => document.documentElement.lang), 'en');
  await stage.accessible();
  await stage.shot('kiosk-home-en');
  await stage.touch('Change the PIN');
  await stage.sees('Type your present PIN');
  await stage.types(OWN);
  await stage.sees('Type a new PIN');
  await stage.touch('中文');
  await stage.sees('请输入新密码');
  await stage.types('941638');
  await stage.sees('请再次输入新密码');
  await stage.types('941638');
  await stage.screen('changed');
  assert.equal(await rack.pinsSent(), 2);
  await leavesNothing(stage);
  await stage.sees('请插入社会保障卡');
  silent(stage, ISSUED, OWN, BIRTH_DATE, '941638');

  // What changes is pushed: in all that time one stream was opened, and nothing but it and touches was asked for.
  const asked = stage.network.map((said) => /"request":\{"url":"[^"]*?(\/(?:events|act|session|catalogue)[^"]*)"/.exec(said)?.[1]).filter(Boolean);
  assert.equal(asked.filter((path) => path === '/events/kiosk').length, 1);
  assert.deepEqual([...new Set(asked)].sort(), ['/act/kiosk', '/catalogue.json', '/events/kiosk', '/session']);
});
