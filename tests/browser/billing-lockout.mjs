// Wrong PINs: tries left are said on both pages, the last one is the holder's own decision, a locked card is
// no reason not to be treated, and to settle later does not touch it.

import assert from 'node:assert/strict';

import { bill, seated, silent, WRONG } from './billing.mjs';
import { journey, LANDSCAPE, rack } from './stage.mjs';

await journey(async (cashier) => {
  const holder = await seated(cashier);
  await bill(cashier, 'ZY-1', '250');
  await rack.insert('w2');
  await holder.screen('enter');
  await holder.types(WRONG);
  await holder.screen('refused');
  await holder.sees('本次消耗了一次机会');
  await holder.sees('密码剩余 5 次');
  await cashier.sees('密码不正确');
  await cashier.sees('密码剩余 5 次');
  await cashier.accessible();
  await holder.accessible();
  await holder.shot('billing-holder-wrong');
  await cashier.shot('billing-cashier-wrong');
  assert.equal(await rack.tries('w2'), 5);

  // The holder stops, and is asked again.
  await holder.touch('重新输入');
  await holder.screen('enter');
  await holder.touch('停止输入');
  await holder.screen('declined');
  await cashier.sees('持卡人停止了输入');
  await holder.accessible();
  await cashier.touch('请持卡人重新输入');
  await holder.screen('enter');
  await rack.pull();
  await holder.screen('insert');
  assert.equal(await rack.tries('w2'), 5);

  // Another card, with one try left.
  await rack.insert('one-try-left');
  await holder.screen('last_try');
  await cashier.sees('只剩最后一次机会');
  await holder.accessible();
  await holder.shot('billing-holder-last-try');
  await holder.touch('不输入');
  await holder.screen('declined');
  await cashier.touch('请持卡人重新输入');
  await holder.screen('last_try');
  await holder.touch('我有把握，输入密码');
  await holder.screen('enter');
  await holder.types(WRONG);
  await holder.screen('locked');
  await holder.sees('就诊不受影响');
  await cashier.sees('密码已锁定');
  await cashier.accessible();
  await holder.accessible();
  await holder.shot('billing-holder-locked');
  assert.equal(await rack.tries('one-try-left'), 0);

  // Put in again, it is still locked; from here on nothing more goes to the card.
  await rack.pull();
  await holder.screen('insert');
  await rack.insert('one-try-left');
  await holder.screen('locked');
  const [exchanges, pins] = [await rack.exchanges(), await rack.pinsSent()];
  await cashier.touch('先诊疗，后结算');
  await cashier.screen('over');
  await cashier.sees('先诊疗，以后结算');
  await holder.screen('settle_later');
  await cashier.accessible();
  await holder.accessible();
  await holder.shot('billing-holder-settle-later');
  assert.equal(await rack.exchanges(), exchanges);
  assert.equal(await rack.pinsSent(), pins);
  assert.equal(await rack.tries('one-try-left'), 0);

  // With no card at all, too.
  await rack.pull();
  await cashier.touch('下一笔');
  await bill(cashier, 'ZY-2', '1');
  await holder.screen('insert');
  await cashier.touch('先诊疗，后结算');
  await holder.screen('settle_later');
  assert.equal(await rack.exchanges(), exchanges);
  silent(assert, [cashier, holder], WRONG);
}, { viewport: LANDSCAPE });
