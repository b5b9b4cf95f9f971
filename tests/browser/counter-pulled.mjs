// The card is pulled while the issuer works, and while its holder chooses a PIN: both pages say so, and the
// next card finds a counter that goes on.

import assert from 'node:assert/strict';

import { apply, HOLDERS, seated } from './counter.mjs';
import { journey, LANDSCAPE, rack } from './stage.mjs';

/** PIN CHANGE/UNBLOCK. */
const UNBLOCK = 0x24;

await journey(async (operator) => {
  const holder = await seated(operator);
  await rack.insert('pin-blocked');
  await apply(operator, { number: HOLDERS['pin-blocked'], operation: 'UNBLOCK' });
  await operator.screen('ready');
  assert.deepEqual(await rack.counters('pin-blocked'), [0, 3]);
  await rack.pullAt(UNBLOCK);
  await operator.touch('开始办理');
  await operator.screen('refused');
  await holder.screen('refused');
  await operator.accessible();
  await holder.accessible();
  await operator.shot('counter-pulled');
  await operator.touch('返回');
  await operator.screen('desk');
  await holder.screen('welcome');

  // The card had carried it out: its counter says so when it is seen again.
  await rack.insert('pin-blocked');
  await operator.screen('form');
  await operator.sees('密码剩余 6 次');
  assert.deepEqual(await rack.counters('pin-blocked'), [6, 3]);
  await rack.pull();
  await operator.screen('desk');

  await rack.insert('w2');
  await apply(operator, { number: HOLDERS.w2, operation: 'RELOAD', reason: 'FORGOTTEN' });
  await operator.screen('ready');
  assert.deepEqual(await rack.counters('w2'), [6, 3]);
  await operator.touch('开始办理');
  await holder.screen('enter');
  await rack.pull();
  // Nobody types for a card that is not there.
  await holder.page.locator('.pad').waitFor({ state: 'detached' });
  // The issuer's command was carried out: the record says so, and that nobody chose a PIN.
  await operator.screen('done');
  await operator.sees('持卡人未设置，不能办理业务');
  await operator.touch('办理下一位');
  await operator.screen('desk');
  await holder.screen('welcome');
  assert.deepEqual(await rack.counters('w2'), [6, 3]);
  assert.equal(await rack.pinsSent(), 0);
}, { viewport: LANDSCAPE });
