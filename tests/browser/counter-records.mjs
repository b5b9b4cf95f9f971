// Past records: found by number, by day and by hash; the whole chain checked; and the paper for the file, which
// is Chinese first whatever the page reads.

import assert from 'node:assert/strict';

import { apply, HOLDERS, seated } from './counter.mjs';
import { journey, LANDSCAPE, rack } from './stage.mjs';

await journey(async (operator) => {
  const { page } = operator;
  await seated(operator);
  await operator.touch('English');
  await rack.insert('pin-blocked');
  await operator.screen('form');
  await operator.touch('中文');
  await apply(operator, { number: HOLDERS['pin-blocked'], operation: 'UNBLOCK' });
  await operator.screen('ready');
  await operator.touch('开始办理');
  await operator.screen('done');
  const sheet = await page.locator('.record').innerText();
  await operator.touch('English');
  await operator.sees('The hash is right');
  assert.equal(await page.locator('.record').innerText(), sheet, 'the paper follows the language of the page');
  assert.match(sheet, /社会保障卡密码业务办理记录\s+Record of a social security card PIN operation/);
  assert.match(sheet, /经办人\s+Operator\s+王芳/);
  const hash = /[0-9a-f]{64}/.exec(sheet)[0];
  const number = Number(/记录编号\s+Record number\s+(\d+)/.exec(sheet)[1]);
  assert.ok(!sheet.includes(HOLDERS['pin-blocked']), 'the paper names the holder');

  await operator.prints('Print', '.record');
  await operator.touch('中文');

  await rack.pull();
  await operator.touch('办理下一位');
  await operator.screen('desk');
  await operator.touch('查询记录');
  await page.locator('tbody tr').first().waitFor();
  await operator.accessible();
  assert.equal((await rows(page))[0][0], '1');

  await look(page, 'number', String(number));
  await page.waitForFunction((wanted) => document.querySelector('tbody td')?.textContent === wanted, String(number));
  assert.equal((await rows(page))[0][4], hash);
  assert.ok((await rows(page)).every((row) => row[5] === '校验值相符'));

  // Each search finds another thing than the one before: what is still shown of that cannot be taken for it.
  await look(page, 'hash', 'f'.repeat(64));
  await operator.sees('没有找到记录');
  await look(page, 'hash', hash.slice(0, 12));
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
  assert.equal((await rows(page))[0][0], String(number));

  await look(page, 'day', '2001-01-01');
  await operator.sees('没有找到记录');
  await look(page, 'day', new Date().toISOString().slice(0, 10));
  await page.locator('tbody tr').first().waitFor();
  await look(page, 'day', 'yesterday');
  await operator.sees('请按上述格式填写');
  await operator.accessible();

  await operator.touch('核对全部记录');
  await operator.sees(/已核对 \d+ 条记录，全部相符/);
  const checked = Number(/已核对 (\d+) 条/.exec(await page.locator('.state').innerText())[1]);
  assert.ok(checked >= number, `${checked} of at least ${number}`);
  await operator.accessible();
  await operator.shot('counter-records');

  // Signed out, nobody gets at anything.
  await operator.touch('返回');
  await operator.screen('desk');
  await operator.touch('退出登录');
  await operator.screen('sign_in');
  const left = await page.evaluate(() => document.documentElement.innerHTML);
  for (const text of ['王芳', HOLDERS['pin-blocked'], hash]) assert.ok(!left.includes(text), text);
}, { viewport: LANDSCAPE });

async function look(page, by, what) {
  await page.locator(`#by-${by}`).check();
  await page.locator('#what').fill(what);
  await page.getByRole('button', { name: '查询', exact: true }).click();
}

function rows(page) {
  return page.locator('tbody tr').evaluateAll((all) => all.map((row) => [...row.children].map(({ textContent }) => textContent)));
}
