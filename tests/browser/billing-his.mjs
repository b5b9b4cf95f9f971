// The hospital system opens a bill, waits for the outcome and has the receipt. Every path and status of the
// description is met, and every answer is what it says.

import assert from 'node:assert/strict';

import { ISSUED, OWN, seated, silent } from './billing.mjs';
import { His } from './his.mjs';
import { ask, journey, LANDSCAPE, rack } from './stage.mjs';

/** What cannot be brought about from outside: the desk is too quick to have that many touches waiting, and a
 * receipt lives for minutes. The server's own tests do (`desk/http/his/tests`). */
const RARE = ['PUT /bills/{reference} 503', 'DELETE /bills/{reference} 503', 'DELETE /bills/{reference}/receipt 409', 'DELETE /bills/{reference}/receipt 503'];
const PATHS = [
  ['GET', '/openapi.json'],
  ['PUT', '/bills/B-1'],
  ['GET', '/bills/B-1'],
  ['DELETE', '/bills/B-1'],
  ['GET', '/bills/B-1/receipt'],
  ['DELETE', '/bills/B-1/receipt'],
];
const found = (receipt, reference, amount_fen) => ask('check_receipt', { receipt, reference, amount_fen });

await journey(async (cashier) => {
  const holder = await seated(cashier);
  const his = new His(cashier.origin, cashier.more.token);
  const described = await his.learn();
  assert.equal(described.openapi, '3.1.0');
  const status = async (wanted, method, path, more) => {
    const { status: got, body } = await his.ask(method, path, more);
    assert.equal(got, wanted, `${method} ${path}: ${JSON.stringify(body)}`);
    return body;
  };

  await strangers(his, status);

  // Opened, asked again after a lost answer, and refused beside another.
  const opened = await status(201, 'PUT', '/bills/B-1', { json: { amount_fen: 1250 } });
  assert.equal(opened.state, 'WAITING_FOR_CARD');
  assert.deepEqual(await status(200, 'PUT', '/bills/B-1', { json: { amount_fen: 1250 } }), opened);
  assert.equal((await status(409, 'PUT', '/bills/B-1', { json: { amount_fen: 1251 } })).error, 'OTHER_AMOUNT');
  assert.equal((await status(409, 'PUT', '/bills/B-2', { json: { amount_fen: 1 } })).error, 'BUSY');
  await cashier.sees('¥12.50');
  for (const method of ['GET', 'DELETE']) assert.equal((await status(404, method, '/bills/B-1/receipt')).error, 'NO_RECEIPT');

  // Taken back, and opened anew.
  assert.equal((await status(200, 'DELETE', '/bills/B-1')).state, 'CANCELLED');
  assert.equal((await status(409, 'DELETE', '/bills/B-1')).error, 'TOO_LATE');
  const again = await status(201, 'PUT', '/bills/B-1', { json: { amount_fen: 1250 } });
  assert.ok(again.number > opened.number);

  // No more than eight wait; the ninth is told so.
  const waiting = Array.from({ length: 9 }, () => his.ask('GET', '/bills/B-1?wait_ms=60000'));
  const first = await Promise.race(waiting);
  assert.equal(first.status, 503);

  await rack.insert('w2');
  await holder.screen('enter');
  await holder.types(ISSUED);
  await holder.screen('must_change');
  await holder.touch('修改密码');
  await holder.screen('enter');
  for (const pin of [ISSUED, OWN, OWN]) await holder.types(pin);
  await holder.screen('changed');
  await holder.touch('继续付款');
  await holder.screen('enter');
  await holder.types(OWN);
  const answers = await Promise.all(waiting);
  assert.deepEqual(answers.map(({ status: code }) => code).sort(), [...Array(8).fill(200), 503]);
  const paid = answers.find(({ status: code }) => code === 200).body;
  assert.equal(paid.state, 'PAID');
  assert.equal(paid.concluded, true);
  assert.deepEqual(await status(200, 'GET', '/bills/B-1/receipt'), paid.receipt);
  assert.ok(paid.receipt.ledger_sequence > 0);

  // The receipt is the terminal's own word for this bill, good once, and no page has it.
  const { signed } = paid.receipt;
  assert.equal(await found(signed, 'B-2', 1250), 'OTHER_BILL');
  assert.equal(await found(signed, 'B-1', 1251), 'OTHER_BILL');
  assert.equal(await found(`${signed.slice(0, -1)}${signed.endsWith('A') ? 'B' : 'A'}`, 'B-1', 1250), 'ALTERED');
  assert.equal(await found(signed, 'B-1', 1250), 'GOOD');
  assert.equal(await found(signed, 'B-1', 1250), 'REPLAYED');
  const kind = signed.slice(0, 4);
  assert.match(kind, /^CR1\W$/);
  for (const { network } of [cashier, holder]) for (const said of network) assert.ok(!said.includes(kind), said);
  assert.deepEqual(await status(200, 'PUT', '/bills/B-1', { json: { amount_fen: 1250 } }), paid);
  assert.equal((await status(409, 'DELETE', '/bills/B-1')).error, 'TOO_LATE');

  await takenBack({ status, cashier, holder });

  // The next one while the page still shows the last; the cashier settles it later.
  await rack.pull();
  await status(201, 'PUT', '/bills/B-3', { json: { amount_fen: 99 } });
  const wait = his.ask('GET', '/bills/B-3?wait_ms=60000');
  await cashier.touch('先诊疗，后结算');
  assert.equal((await wait).body.state, 'SETTLE_LATER');

  const missing = his.promised().filter((promise) => !his.seen.has(promise));
  assert.deepEqual(missing.sort(), RARE.sort());
  silent(assert, [cashier, holder], ISSUED, OWN);
}, { viewport: LANDSCAPE });

/** Who has no token, who is a page, who means another host, and who asks for what is not there. */
async function strangers(his, status) {
  for (const [method, path] of PATHS) {
    const json = method === 'PUT' ? { amount_fen: 1 } : undefined;
    if (path !== '/openapi.json') {
      await status(401, method, path, { json, token: null });
      await status(401, method, path, { json, token: 'f'.repeat(32) });
    }
    await status(403, method, path, { json, headers: { origin: his.origin } });
    await status(403, method, path, { json, headers: { 'sec-fetch-site': 'none' } });
    await status(421, method, path, { json, headers: { host: 'evil.example' } });
  }
  for (const json of [{ amount_fen: 0 }, { amount_fen: 1.5 }, { amount_fen: 1, more: 1 }, {}]) {
    await status(400, 'PUT', '/bills/B-1', { json });
  }
  await status(400, 'PUT', '/bills/B-1', { text: '{' });
  await status(400, 'PUT', '/bills/%E5%BC%A0', { json: { amount_fen: 1 } });
  await status(400, 'GET', '/bills/B-1?wait_ms=60001');
  await status(400, 'GET', '/bills/B-1?wait_ms=soon');
  assert.equal((await status(404, 'GET', '/bills/B-1')).error, 'UNKNOWN_BILL');
  await status(404, 'DELETE', '/bills/B-1');
  for (const method of ['GET', 'DELETE']) assert.equal((await status(404, method, '/bills/B-1/receipt')).error, 'UNKNOWN_BILL');
}

/** The holder pays the next bill with the card still there; the hospital takes the receipt back before it is
 * used, asks once more because the answer may have been lost, and hands the word for it to its own store. */
async function takenBack({ status, cashier, holder }) {
  await status(201, 'PUT', '/bills/B-4', { json: { amount_fen: 700 } });
  await holder.screen('enter');
  await holder.types(OWN);
  await holder.screen('paid');
  const { signed } = await status(200, 'GET', '/bills/B-4/receipt');
  const back = await status(200, 'DELETE', '/bills/B-4/receipt');
  assert.equal(back.state, 'RECEIPT_CANCELLED');
  assert.deepEqual([back.concluded, back.receipt], [true, null]);
  await cashier.sees('付款已撤销，凭证作废');
  await holder.screen('cancelled');
  await cashier.accessible();
  assert.deepEqual(await status(200, 'DELETE', '/bills/B-4/receipt'), back);
  assert.deepEqual(await status(200, 'GET', '/bills/B-4'), back);
  assert.equal((await status(404, 'GET', '/bills/B-4/receipt')).error, 'NO_RECEIPT');
  assert.equal(await ask('take_cancellation', { signed: back.cancellation.signed }), 'TAKEN');
  assert.equal(await found(signed, 'B-4', 700), 'CANCELLED');
  // Not for another: the first one is as it was.
  assert.equal((await status(200, 'GET', '/bills/B-1')).state, 'PAID');
}
