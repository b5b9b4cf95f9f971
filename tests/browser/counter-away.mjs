// The holder walks away before choosing a PIN: the record says so, and the card does no business.

import assert from 'node:assert/strict';

import { apply, HOLDERS, seated } from './counter.mjs';
import { journey, LANDSCAPE, rack } from './stage.mjs';

await journey(async (operator) => {
  const holder = await seated(operator);
  await rack.insert('w2');
  await apply(operator, { number: HOLDERS.w2, operation: 'RELOAD', reason: 'NEVER_KNOWN' });
  await operator.screen('ready');
  assert.deepEqual(await rack.counters('w2'), [6, 3]);
  await operator.touch('开始办理');
  await holder.screen('enter');
  await operator.screen('done');
  await operator.sees('持卡人未设置，不能办理业务');
  await holder.screen('welcome');
  assert.deepEqual(await rack.counters('w2'), [6, 3]);
}, { viewport: LANDSCAPE });
