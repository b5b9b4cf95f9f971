// An agent comes with both originals; where two operators are demanded, the second is another person.

import assert from 'node:assert/strict';

import { AGENT, apply, HOLDERS, papers, seated } from './counter.mjs';
import { journey, LANDSCAPE, rack } from './stage.mjs';

await journey(async (operator) => {
  await seated(operator);
  await rack.insert('pin-blocked');
  await apply(operator, { number: HOLDERS['pin-blocked'], operation: 'UNBLOCK', agent: AGENT });
  await operator.screen('approve');
  await operator.accessible();
  await operator.shot('counter-approve');
  await papers(operator, 'wang', '批准');
  await operator.sees('复核人不能与经办人相同');
  assert.deepEqual(await rack.counters('pin-blocked'), [0, 3]);
  await papers(operator, 'li', '批准');
  await operator.screen('ready');
  await operator.touch('开始办理');
  await operator.screen('done');
  await operator.sees('李强');
  await operator.sees('代办人');
  assert.deepEqual(await rack.counters('pin-blocked'), [6, 3]);

  // A card that is pulled before the issuer begins leaves its case void.
  await operator.touch('办理下一位');
  await apply(operator, { number: HOLDERS['pin-blocked'], operation: 'UNBLOCK' });
  await operator.screen('approve');
  await rack.pull();
  await operator.screen('refused');
  await operator.accessible();
  await operator.touch('返回');
  await operator.screen('desk');
}, { viewport: LANDSCAPE });
