// Times of the kiosk's page for the bench: from the server's start to a page that can be read, and from
// a card's insertion and removal to another screen. What it measures goes to the stand as it is.

import { serve } from './browser.mjs';
import { ask, journey, rack } from './stage.mjs';

const WAIT_MS = 30_000;

/** Answers when a screen of this name is drawn, or was on its way when another came before it could be. */
async function watching(page) {
  const waiting = new Map();
  await page.exposeFunction('drawn', (names) => names.forEach((name) => waiting.get(name)?.(performance.now())));
  await page.evaluate(() => {
    const main = document.querySelector('main');
    let names = [];
    const tell = () => globalThis.drawn(names.splice(0));
    const seen = () => names.push(main.className.split(' ').at(-1)) === 1 && requestAnimationFrame(tell);
    new MutationObserver(seen).observe(main, { attributes: true, childList: true });
  });
  return (name) =>
    new Promise((done, failed) => {
      const late = setTimeout(() => failed(new Error(`no screen "${name}" within ${WAIT_MS} ms`)), WAIT_MS);
      waiting.set(name, (at) => {
        clearTimeout(late);
        done(at);
      });
    });
}

/** What a browser takes by itself for an empty page at an address that it has not seen yet. */
async function emptyPage(context) {
  const page = await context.newPage();
  const started = performance.now();
  const site = await serve('hall-client/desk');
  await page.goto(site.origin);
  const ready = performance.now() - started;
  await page.close();
  await site.close();
  return ready;
}

await journey(async (stage) => {
  const { rounds, insertions } = stage.more;
  const figures = { empty_page: [], start_to_page: [], insert_to_screen: [], insert_to_card: [], pull_to_clean: [] };
  for (let round = 0; round < rounds; round += 1) {
    figures.empty_page.push(await emptyPage(stage.context));
    const page = await stage.context.newPage();
    const started = performance.now();
    await page.goto(await ask('open_kiosk'));
    await page.locator('main.attract').waitFor();
    figures.start_to_page.push(performance.now() - started);
    await page.close();
    // One desk at the reader: others would stand in line before it at each card.
    await ask('close_kiosks');
  }
  await stage.screen('attract');
  const drawn = await watching(stage.page);
  for (let round = 0; round < insertions; round += 1) {
    const [first, second] = [drawn('reading'), drawn('home')];
    let started = performance.now();
    await rack.insert(stage.more.card);
    figures.insert_to_screen.push((await first) - started);
    figures.insert_to_card.push((await second) - started);
    const clean = drawn('attract');
    started = performance.now();
    await rack.pull();
    figures.pull_to_clean.push((await clean) - started);
  }
  await ask('figures', { figures });
});
