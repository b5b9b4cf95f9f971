// Every screen of every page of a desk, in both languages, within WCAG 2.2 AA. The states come from the
// desk's own code by way of this test, so that also those are seen that no card brings about. A page that
// has a screen which is not among them fails; so does a state that its page has no screen for.

import assert from 'node:assert/strict';

import { journey, LANDSCAPE, PORTRAIT, pushed } from './stage.mjs';

await journey(
  async (first) => {
    const { kind, samples } = first.more;
    const stages = { [kind.pages[0]]: first };
    for (const page of kind.pages.slice(1)) stages[page] = await first.beside(page, LANDSCAPE);
    for (const [page, stage] of Object.entries(stages)) {
      await pushed(stage);
      const own = samples.filter((sample) => sample.page === page);
      const known = await stage.page.evaluate(async (path) => Object.keys((await import(path)).screens), kind.modules[page]);
      const named = new Set(own.map(({ screen }) => screen.name));
      assert.deepEqual([...named].sort(), known.sort(), `${page}: screens without a sample, or samples without a screen`);
      let turn = 1;
      for (const { label, screen } of own) {
        turn += 1;
        await stage.push({ turn, screen, remaining_ms: screen.name === 'attract' ? null : 60000 });
        await holds(stage, `${page} ${label}`);
        // One picture of each screen; its variants differ in a line or two.
        if (named.delete(screen.name)) await stage.shot(`all/${kind.name}-${page}-${screen.name}`);
      }
    }
  },
  { viewport: PORTRAIT },
);

/** Axe in both languages, and nothing is wider than the screen; the page is left as it was. */
async function holds(stage, where) {
  for (const language of ['English', '中文']) {
    await stage.accessible(where);
    const wide = await stage.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.ok(!wide, `${where} is wider than its screen`);
    await stage.touch(language);
  }
}
