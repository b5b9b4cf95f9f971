// Wrong PINs down to the floor of an unattended desk, a locked card, and cards that are of no use.

import assert from 'node:assert/strict';

import { changes, leavesNothing, OWN, silent, startsChange, WRONG } from './kiosk.mjs';
import { journey, LANDSCAPE, rack } from './stage.mjs';

await journey(
  async (stage) => {
    stage.historyAtStart = await stage.page.evaluate(() => history.length);
    await stage.screen('attract');
    await stage.shot('kiosk-attract-landscape');
    await rack.insert('w2');
    await startsChange(stage);
    for (let left = 5; left >= 1; left -= 1) {
      assert.equal(await rack.tries('w2'), left + 1);
      await stage.sees(`剩余 ${left + 1} 次机会`);
      if (left === 5) await stage.shot('kiosk-enter-landscape');
      await changes(stage, WRONG, OWN);
      await stage.screen('refused');
      await stage.sees('密码不正确');
      await stage.sees('本次消耗了一次机会。');
      await stage.sees(`密码剩余 ${left} 次`);
      assert.equal(await rack.tries('w2'), left);
      await stage.accessible();
      if (left === 5) await stage.shot('kiosk-refused-wrong');
      await stage.touch('重新输入');
      if (left > 1) await stage.screen('enter');
    }
    // One try is left: an unattended desk does not spend it, and says so before anybody types.
    await stage.screen('refused');
    await stage.sees('只剩最后一次机会');
    await stage.shot('kiosk-refused-floor');
    await leavesNothing(stage);
    await rack.insert('w2');
    await stage.screen('home');
    await stage.sees('只剩最后一次机会');
    assert.equal(await stage.page.getByRole('button', { name: '修改密码' }).count(), 0);
    await stage.accessible();
    await stage.shot('kiosk-home-floor');
    assert.equal(await rack.tries('w2'), 1);
    assert.equal(await rack.pinsSent(), 5);
    await leavesNothing(stage);

    await rack.insert('pin-blocked');
    await stage.screen('locked');
    await stage.sees('请携带');
    await stage.sees('示例路1号一层3号窗口');
    await stage.sees(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
    await stage.accessible();
    await stage.shot('kiosk-locked');
    await stage.prints('打印', '.slip');
    await stage.screen('locked');
    await leavesNothing(stage);

    for (const [card, text] of [
      ['foreign-card', '这不是社会保障卡'],
      ['mute', '卡片没有应答'],
      ['pin-empty', '此卡未设置密码'],
    ]) {
      await rack.insert(card);
      await stage.screen('refused');
      await stage.sees(text);
      await stage.shot(`kiosk-refused-${card}`);
      await leavesNothing(stage);
    }
    assert.equal(await rack.pinsSent(), 5);
    silent(stage, WRONG, OWN);
  },
  { viewport: LANDSCAPE },
);
