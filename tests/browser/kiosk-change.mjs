// The holder of a card with the issued PIN changes it at a kiosk.

import assert from 'node:assert/strict';

import { journey, rack } from './stage.mjs';

const [ISSUED, OWN] = ['123456', '830571'];

await journey(async (stage) => {
  await stage.screen('attract');
  await stage.shot('kiosk-attract');
  await rack.insert('w2');
  await stage.screen('home');
  await stage.sees('密码剩余 6 次');
  await stage.sees('＊＊丁');
  await stage.shot('kiosk-home');
  await stage.touch('修改密码');
  await stage.screen('enter');
  await stage.sees('剩余 6 次机会');
  await stage.shot('kiosk-enter-old');
  await stage.types(ISSUED);
  await stage.sees('请输入新密码');
  await stage.types(OWN);
  await stage.sees('请再次输入新密码');
  assert.equal(await rack.pinsSent(), 0);
  await stage.types(OWN);
  await stage.screen('changed');
  await stage.shot('kiosk-changed');
  assert.equal(await rack.pinsSent(), 1);
  assert.equal(await rack.tries('w2'), 6);
  await rack.pull();
  await stage.screen('attract');
  for (const said of stage.network) {
    assert.ok(!said.includes(ISSUED) && !said.includes(OWN), said);
  }
  assert.ok(stage.network.some((said) => said.includes('ciphertext')));
});
