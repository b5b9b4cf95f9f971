// Every reason that cardd can give has its screen, in both languages. The states come from this test: a
// card that does each of these things does not exist.

import assert from 'node:assert/strict';

import { journey, LANDSCAPE, pushed } from './stage.mjs';

await journey(
  async (stage) => {
    const { page, more } = stage;
    await pushed(stage);
    const catalogue = await (await page.request.get(`${stage.origin}/catalogue.json`)).json();
    const codes = new Set(more.refusals.map(({ code }) => code));
    assert.deepEqual([...codes].sort(), Object.keys(catalogue.reason).sort());
    assert.equal(more.refusals.filter(({ weak }) => weak).length, Object.keys(catalogue.weak).length);
    let turn = 1;
    for (const refusal of more.refusals) {
      turn += 1;
      const screen = { name: 'refused', refusal, again: refusal.next === 'TYPE_AGAIN', look_again: refusal.next === 'WAIT', counter: null };
      await stage.push({ turn, screen, remaining_ms: 60000 });
      for (const language of ['zh', 'en']) {
        const shown = await page.locator('main').innerText();
        const what = refusal.weak ? catalogue.weak[refusal.weak] : catalogue.reason[refusal.code];
        const spent = catalogue.page[`SPENT_${refusal.spent}`];
        const next = catalogue.page[`NEXT_${refusal.next}`];
        for (const text of [what, spent, next]) {
          assert.ok(shown.includes(text[language]), `${refusal.code}: ${text[language]} is not in ${shown}`);
        }
        await page.getByRole('button', { name: language === 'zh' ? 'English' : '中文' }).click();
      }
      if (turn % 12 === 0) await stage.accessible();
    }
  },
  { viewport: LANDSCAPE },
);
