// The card is pulled at every screen, and a holder walks away: each time the next one finds a clean start.

import assert from 'node:assert/strict';

import { changes, ISSUED, leavesNothing, OWN, silent, startsChange, WRONG } from './kiosk.mjs';
import { journey, rack } from './stage.mjs';

/** Ways to a screen, from a card that was just inserted. */
const ROADS = {
  home: async () => {},
  'enter old': startsChange,
  'enter new': async (stage) => {
    await startsChange(stage);
    await stage.types(ISSUED);
    await stage.sees('请输入新密码');
  },
  'enter again': async (stage) => {
    await startsChange(stage);
    await stage.types(ISSUED);
    await stage.sees('请输入新密码');
    await stage.types(OWN);
    await stage.sees('请再次输入新密码');
  },
  refused: async (stage) => {
    await startsChange(stage);
    await changes(stage, WRONG, OWN);
    await stage.screen('refused');
  },
  changed: async (stage) => {
    await startsChange(stage);
    await changes(stage, ISSUED, OWN);
    await stage.screen('changed');
  },
  'take card': async (stage) => {
    await stage.touch('以后再说，取卡');
    await stage.screen('take_card');
    await stage.shot('kiosk-take-card');
  },
};

await journey(async (stage) => {
  stage.historyAtStart = await stage.page.evaluate(() => history.length);
  await stage.screen('attract');
  for (const [screen, road] of Object.entries(ROADS)) {
    await rack.insert('w2');
    await stage.screen('home');
    const before = await rack.pinsSent();
    await road(stage);
    await leavesNothing(stage);
    const sent = (await rack.pinsSent()) - before;
    assert.equal(sent, ['refused', 'changed'].includes(screen) ? 1 : 0, screen);
  }

  // Nobody touches anything: the countdown is there for all to see, and then the holder's data are not.
  await rack.insert('w2');
  await stage.screen('home');
  await stage.sees(/本页剩余 \d+ 秒/);
  await stage.screen('take_card');
  const text = await stage.page.evaluate(() => document.documentElement.innerHTML);
  assert.ok(!text.includes('＊＊丁'), text);
  await stage.touch('继续使用');
  await stage.screen('home');

  // A page that is loaded again in the middle of a change starts over and sends nothing.
  await stage.touch('修改密码');
  await stage.screen('enter');
  await stage.types(OWN);
  await stage.sees('请输入新密码');
  const before = await rack.pinsSent();
  await stage.page.reload();
  await stage.sees('请输入当前密码');
  assert.equal(await rack.pinsSent(), before);
  silent(stage, ISSUED, OWN, WRONG);
});
