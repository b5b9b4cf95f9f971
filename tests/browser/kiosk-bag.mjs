// A thief with a bag of cards: after the wrong PINs that one hour permits, the kiosk takes no PIN of any card,
// says so before anybody types, and goes on once staff have opened it again.

import assert from 'node:assert/strict';

import { changes, leavesNothing, OWN, startsChange, WRONG } from './kiosk.mjs';
import { ask, journey, rack } from './stage.mjs';

const CLOSED = '本机近期输错密码过多';

await journey(async (stage) => {
  stage.historyAtStart = await stage.page.evaluate(() => history.length);
  await stage.screen('attract');
  await rack.insert('w2');
  await startsChange(stage);
  await changes(stage, WRONG, OWN);
  await stage.screen('refused');
  assert.equal(await rack.tries('w2'), 5);
  await leavesNothing(stage);

  const change = stage.page.getByRole('button', { name: '修改密码' });
  for (const card of ['w1', 'w2']) {
    const before = await rack.tries(card);
    await rack.insert(card);
    await stage.screen('home');
    await stage.sees(CLOSED);
    await stage.sees(`密码剩余 ${before} 次`);
    assert.equal(await change.count(), 0);
    await stage.accessible();
    await leavesNothing(stage);
    assert.equal(await rack.tries(card), before);
  }
  assert.equal(await rack.pinsSent(), 1);

  assert.equal(await ask('reopen_kiosks'), true);
  await rack.insert('w1');
  await startsChange(stage);
  await leavesNothing(stage);
});
