// The issuer's keys are in a hardware module: the counter looks no other, and the card is unlocked.

import assert from 'node:assert/strict';

import { apply, HOLDERS, seated } from './counter.mjs';
import { journey, LANDSCAPE, rack } from './stage.mjs';

await journey(async (operator) => {
  await seated(operator);
  await rack.insert('pin-blocked');
  await apply(operator, { number: HOLDERS['pin-blocked'], operation: 'UNBLOCK' });
  await operator.screen('ready');
  assert.equal(await rack.tries('pin-blocked'), 0);
  await operator.touch('开始办理');
  await operator.screen('done');
  assert.equal(await rack.tries('pin-blocked'), 6);
}, { viewport: LANDSCAPE });
