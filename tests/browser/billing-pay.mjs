// A holder pays: the issued PIN is refused, changed there and then, and the payment goes on; a card that is
// pulled at any moment leaves the bill; the next holder reads English.

import assert from 'node:assert/strict';

import { bill, ISSUED, OWN, seated, silent } from './billing.mjs';
import { journey, LANDSCAPE, rack } from './stage.mjs';

await journey(async (cashier) => {
  const holder = await seated(cashier);
  await cashier.accessible();
  await holder.accessible();

  // What is no bill is said where it is.
  await cashier.page.locator('#reference').fill('张三');
  await cashier.page.locator('#amount').fill('0');
  await cashier.page.locator('button[type=submit]').click();
  await cashier.sees('请按上述要求填写单据号');
  await cashier.sees('请填写大于零的金额');
  await cashier.accessible();

  await bill(cashier, 'MZ-20261125-7', '12.5');
  await cashier.sees('¥12.50');
  await cashier.sees('等待持卡人插卡');
  await holder.screen('insert');
  await holder.sees('¥12.50');
  await holder.accessible();

  await rack.insert('w2');
  await holder.screen('enter');
  await cashier.sees('持卡人正在输入密码');
  await cashier.accessible();
  await holder.accessible();
  await holder.shot('billing-holder-enter');
  await cashier.shot('billing-cashier-entering');

  // Pulled while the holder types: the bill stays, nothing is spent.
  await rack.pull();
  await holder.screen('insert');
  await cashier.sees('等待持卡人插卡');
  assert.equal(await rack.pinsSent(), 0);
  await rack.insert('w2');

  await holder.screen('enter');
  await holder.types(ISSUED);
  await holder.screen('must_change');
  await cashier.sees('初始密码，不能付款');
  assert.equal(await rack.pinsSent(), 0);
  await holder.accessible();
  await holder.shot('billing-holder-issued');
  await rack.pull();
  await holder.screen('insert');
  await rack.insert('w2');
  await holder.screen('enter');
  await holder.types(ISSUED);
  await holder.screen('must_change');
  await holder.touch('修改密码');
  await holder.screen('enter');
  await cashier.sees('持卡人正在修改初始密码');
  const shown = await cashier.turn();
  await holder.types(ISSUED);
  // Every rule is said before anybody types.
  await holder.sees('新密码不能是持卡人的出生日期');
  assert.equal(await holder.page.locator('.rules li').count(), 10);
  await holder.types(OWN);
  assert.equal(await cashier.turn(), shown);
  await holder.types(OWN);
  await holder.screen('changed');
  await holder.accessible();
  assert.equal(await rack.pinsSent(), 1);

  await holder.touch('继续付款');
  await holder.screen('enter');
  await holder.types(OWN);
  await holder.screen('paid');
  await cashier.screen('over');
  await cashier.sees('密码正确，付款已确认');
  await cashier.sees('台账序号');
  await cashier.accessible();
  await holder.accessible();
  await cashier.shot('billing-cashier-paid');
  await holder.shot('billing-holder-paid');
  assert.equal(await rack.pinsSent(), 2);
  assert.equal(await rack.tries('w2'), 6);

  // The next bill, in English, with the card still there.
  await cashier.touch('下一笔');
  await cashier.screen('bill');
  await cashier.touch('English');
  await cashier.sees('Bill reference');
  await bill(cashier, 'MZ-20261125-8', '3');
  await cashier.sees('The holder is typing');
  await holder.screen('enter');
  await holder.touch('English');
  await holder.sees('Type your PIN');
  await holder.accessible();
  await holder.types(OWN);
  await holder.screen('paid');
  await holder.sees('The payment is confirmed');
  await cashier.sees('Right PIN: the payment is confirmed');
  await cashier.touch('Next bill');
  await rack.pull();
  await holder.screen('welcome');
  await holder.sees('您好');
  silent(assert, [cashier, holder], ISSUED, OWN);
  assert.ok(holder.network.some((said) => said.includes('ciphertext')));
  assert.ok(!cashier.network.some((said) => said.includes('ciphertext') || said.includes('entry_id')));
}, { viewport: LANDSCAPE });
