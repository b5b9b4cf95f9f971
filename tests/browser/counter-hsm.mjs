// The issuer's keys are in a hardware module: the counter looks no other, and the card is unlocked.

import assert from 'node:assert/strict';

import { apply, HOLDERS, seated } from './counter.mjs';
import { journey, LANDSCAPE, rack } from './stage.mjs';

await journey(async (operator) => {
  await seated(operator);
  await rack.insert('pin-blocked');
  await apply(operator, { number: HOLDERS['pin-blocked'], operation: 'UNBLOCK' });
  await operator.screen('ready');
  assert.deepEqual(await rack.counters('pin-blocked'), [0, 3]);
  await operator.touch('开始办理');
  await operator.screen('done');
  assert.deepEqual(await rack.counters('pin-blocked'), [6, 3]);
}, { viewport: LANDSCAPE });
