// A reset: the holder chooses the PIN alone, a weak one and two that differ are refused, and the operator
// sees nothing of it.

import assert from 'node:assert/strict';

import { apply, HOLDERS, seated } from './counter.mjs';
import { journey, LANDSCAPE, rack } from './stage.mjs';

const [ISSUED, OWN, OTHER] = ['123456', '830571', '830572'];

await journey(async (operator) => {
  const holder = await seated(operator);
  await rack.insert('w2');
  await apply(operator, { number: HOLDERS.w2, operation: 'RELOAD', reason: 'FORGOTTEN' });
  await operator.screen('ready');
  assert.deepEqual(await rack.counters('w2'), [6, 3]);
  await operator.touch('开始办理');
  await holder.screen('enter');
  assert.deepEqual(await rack.counters('w2'), [6, 3]);
  // Every rule is said before anybody types.
  await holder.sees('新密码不能是持卡人的出生日期');
  assert.equal(await holder.page.locator('.rules li').count(), 10);
  await operator.sees('等待持卡人设置新密码');
  const steps = await operator.page.locator('ol li').allInnerTexts();
  assert.deepEqual(steps, ['已打开卡片', '解锁密钥已认证', '已发送发卡方命令', '等待持卡人设置新密码']);
  await operator.accessible();
  await holder.accessible();
  await operator.shot('counter-operating');
  await holder.shot('counter-holder-enter');
  const shown = await operator.turn();
  await holder.types(ISSUED);
  await holder.types(ISSUED);
  await holder.screen('refused');
  await holder.accessible();
  await holder.touch('重新输入');
  await holder.screen('enter');
  await holder.types(OWN);
  await holder.types(OTHER);
  await holder.screen('refused');
  await holder.touch('重新输入');
  await holder.screen('enter');
  assert.equal(await operator.turn(), shown);
  await holder.types(OWN);
  await holder.types(OWN);
  await holder.screen('set');
  await operator.screen('done');
  await operator.sees('持卡人已现场设置');
  await holder.accessible();
  assert.deepEqual(await rack.counters('w2'), [6, 3]);
  for (const { network } of [operator, holder]) {
    for (const said of network) for (const digits of [OWN, OTHER]) assert.ok(!said.includes(digits), said);
  }
  assert.ok(!operator.network.some((said) => said.includes('ciphertext') || said.includes('entry_id')));
}, { viewport: LANDSCAPE });
