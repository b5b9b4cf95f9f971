// Times of the kiosk's page for the bench: from the server's start to a page that can be read, and from
// a card's insertion and removal to another screen. What it measures goes to the stand as it is.

import { ask, journey, rack } from './stage.mjs';

/** Answers when a screen of this name is drawn. */
async function watching(page) {
  const waiting = new Map();
  await page.exposeFunction('drawn', (name) => waiting.get(name)?.(performance.now()));
  await page.evaluate(() => {
    const tell = () => requestAnimationFrame(() => globalThis.drawn(document.querySelector('main').className.split(' ').at(-1)));
    new MutationObserver(tell).observe(document.querySelector('main'), { attributes: true, childList: true });
  });
  return (name) => new Promise((done) => waiting.set(name, done));
}

await journey(async (stage) => {
  const { rounds, insertions } = stage.more;
  const figures = { start_to_page: [], insert_to_screen: [], insert_to_card: [], pull_to_clean: [] };
  for (let round = 0; round < rounds; round += 1) {
    const page = await stage.context.newPage();
    const started = performance.now();
    await page.goto(await ask('open_kiosk'));
    await page.locator('main.attract').waitFor();
    figures.start_to_page.push(performance.now() - started);
    await page.close();
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
