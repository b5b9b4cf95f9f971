// Every screen of every page of a desk, each in both languages, within WCAG 2.2 AA. The states come from the
// desk's own code by way of this test, so that also those are seen that no card brings about. A page that
// has a screen which is not among them fails; so does a state that its page has no screen for.

import assert from 'node:assert/strict';

import { journey, LANDSCAPE, PORTRAIT, pushed } from './stage.mjs';

await journey(
  async (first) => {
    const { kind, samples } = first.more;
    const stages = { [kind.pages[0]]: first };
    for (const page of kind.pages.slice(1)) stages[page] = await first.beside(page, LANDSCAPE);
    if (kind.name !== 'kiosk') await first.page.setViewportSize(LANDSCAPE);
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
        // The variants of a screen differ in a line or two: one picture, and one of them in English.
        const first = named.delete(screen.name);
        await holds(stage, `${page} ${label}`);
        if (screen.name === 'enter') await fits(stage, `${page} ${label}`);
        if (!first) continue;
        await stage.shot(`all/${kind.name}-${page}-${screen.name}`);
        await stage.touch('English');
        await holds(stage, `${page} ${label}, English`);
        if (screen.name === 'enter') await fits(stage, `${page} ${label}, English`);
        await stage.touch('中文');
      }
    }
  },
  { viewport: PORTRAIT },
);

/** Axe, and nothing is wider than the screen. */
async function holds(stage, where) {
  await stage.accessible(where);
  const wide = await stage.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.ok(!wide, `${where} is wider than its screen`);
}

/** In both sizes of a screen, the whole keypad is in sight without moving anything. */
async function fits({ page }, where) {
  const before = page.viewportSize();
  for (const size of [PORTRAIT, LANDSCAPE]) {
    await page.setViewportSize(size);
    const cut = await page.evaluate(() => document.querySelector('.keypad').getBoundingClientRect().bottom - document.querySelector('main').getBoundingClientRect().bottom);
    assert.ok(cut <= 0, `${where}: ${cut} pixels of the keypad are out of sight at ${size.width}`);
  }
  await page.setViewportSize(before);
}
