// The holder comes with the original ID card; a certificate of another kind of desk is not let in; the
// checklist cannot be skipped; another person's number does not match; the record has the ledger's hash.

import assert from 'node:assert/strict';

import { apply, HOLDERS, papers, seated } from './counter.mjs';
import { journey, LANDSCAPE, rack } from './stage.mjs';

await journey(async (operator) => {
  await operator.screen('sign_in');
  await operator.accessible();
  await operator.shot('counter-sign-in');
  await papers(operator, 'billing', '登录');
  await operator.page.locator('main.sign_in .what').waitFor();
  const holder = await seated(operator);
  await operator.accessible();
  await holder.accessible();
  await operator.shot('counter-desk');

  await rack.insert('pin-blocked');
  await operator.screen('form');
  await operator.sees('解锁：恢复次数，密码不变');
  await operator.sees('重置：由持卡人现场设置新密码');
  await operator.accessible();
  await operator.touch('登记并核对');
  await operator.sees('每一项都必须填写和查验');
  await operator.accessible();
  await operator.shot('counter-checklist');
  await rack.pull();
  await operator.screen('desk');
  await rack.insert('pin-blocked');
  await apply(operator, { number: HOLDERS.w2, operation: 'UNBLOCK' });
  await operator.sees('身份证号码与卡内号码不一致');
  await apply(operator, { number: HOLDERS['pin-blocked'], operation: 'UNBLOCK' });
  await operator.screen('ready');
  await operator.accessible();
  assert.deepEqual(await rack.counters('pin-blocked'), [0, 3]);
  await operator.touch('开始办理');
  await operator.screen('done');
  await operator.sees('社会保障卡密码业务办理记录');
  await operator.sees('校验值相符');
  assert.match(await operator.page.locator('.record').innerText(), /[0-9a-f]{64}/);
  await holder.screen('unlocked');
  await operator.accessible();
  await holder.accessible();
  await operator.shot('counter-record');
  assert.deepEqual(await rack.counters('pin-blocked'), [6, 3]);
  assert.equal(await rack.pinsSent(), 0);

  // The next one, in English.
  await rack.pull();
  await operator.touch('办理下一位');
  await operator.screen('desk');
  await operator.touch('English');
  await operator.sees('Ready for the next card');
  await operator.accessible();
  await operator.touch('Sign out');
  await operator.screen('sign_in');
  for (const { network } of [holder]) for (const said of network) assert.ok(!said.includes(HOLDERS['pin-blocked']), said);
}, { viewport: LANDSCAPE });
