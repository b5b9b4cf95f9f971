// A journey through a desk's pages: a browser at the desk, and the stand at the other end of standard
// input and output. See `tests/src/journey.rs`.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

import { launch } from './browser.mjs';

/** In place of the server's stream: from here on the test pushes states (see `Stage.push`). */
export async function pushed({ page }) {
  await page.addInitScript(() => {
    globalThis.EventSource = class {
      constructor() {
        globalThis.push = (state) => this.onmessage({ data: JSON.stringify(state) });
      }
    };
  });
  await page.reload();
  await page.waitForFunction(() => 'push' in globalThis);
}

/** Seals, keys and names in hexadecimal: random, so that now and then they hold any six digits. Digits alone
 * are none of them. */
const RANDOM = /(?=\d*[a-f])[0-9a-f]{16,}/gi;

/** Two sizes of a kiosk's screen. */
export const PORTRAIT = { width: 1080, height: 1920 };
export const LANDSCAPE = { width: 1280, height: 1024 };

/** The accessibility checker, run in the page, and the rules of WCAG 2.2 AA. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function heard() {
  const { value, done } = await lines.next();
  if (done) throw new Error('the stand is gone');
  return JSON.parse(value);
}

/** Asks the stand for what only it can do. */
export async function ask(what, more = {}) {
  process.stdout.write(`${JSON.stringify({ do: what, ...more })}\n`);
  const { value, error } = await heard();
  if (error) throw new Error(`${what}: ${error}`);
  return value;
}

export const rack = {
  insert: (card, slot = 'a') => ask('insert', { slot, card }),
  swap: (card, slot = 'a') => ask('swap', { slot, card }),
  pull: (slot = 'a') => ask('pull', { slot }),
  tries: (card) => ask('tries', { card }),
  /** Tries left of the PIN and of the unblock key. */
  counters: (card) => ask('counters', { card }),
  pinsSent: () => ask('pins_sent'),
  /** Number of the newest exchange with any card. */
  exchanges: () => ask('exchanges'),
  /** The next command of this instruction finds the card pulled while it works. */
  pullAt: (ins, slot = 'a') => ask('pull_at', { slot, ins }),
  /** The card's answer to the next command of this instruction is held until it is released. */
  hold: (ins, slot = 'a') => ask('hold', { slot, ins }),
  release: (slot = 'a') => ask('release', { slot }),
};

/** Runs a journey, and ends this process with what came of it. */
export async function journey(play, { viewport = PORTRAIT } = {}) {
  const { url, pages, screens, more } = await heard();
  const browser = await launch();
  try {
    const stage = await open(browser, url, viewport, { pages, screens, more });
    await play(stage).catch(async (error) => {
      const shown = await Promise.all(stage.all.map(({ page }) => page.locator('body').innerText()));
      throw new Error(`${error.stack}\n--- the pages show:\n${shown.join('\n---\n')}\n--- faults: ${stage.faults()}`);
    });
    assert.deepEqual(stage.faults(), []);
  } finally {
    await browser.close();
  }
  process.exit(0);
}

/** A page in a browser of its own: what one page of a desk was given, the other does not have. */
async function open(browser, url, viewport, facts) {
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce' });
  const stage = new Stage(await context.newPage(), { ...facts, url, viewport, context, browser });
  await stage.listen();
  await stage.page.goto(url);
  return stage;
}

/** A page of a desk, as a person sees it. */
export class Stage {
  /** Everything that went over the network, as text. */
  network = [];
  /** This page and those beside it. */
  all = [this];
  #faults = [];

  constructor(page, facts) {
    this.page = page;
    Object.assign(this, facts);
    this.origin = new URL(facts.url).origin;
  }

  /** Network and faults of the page, from here on. */
  async listen() {
    this.page.on('pageerror', (error) => this.#faults.push(String(error)));
    this.page.on('console', (message) => message.type() === 'error' && this.#faults.push(message.text()));
    const devtools = await this.context.newCDPSession(this.page);
    await devtools.send('Network.enable');
    // Numbers are times and sizes, and may look like anything; what pages and server say is text. The body is
    // there as text and once more in base 64.
    const words = (name, value) => (typeof value === 'number' || name === 'postDataEntries' ? undefined : value);
    const keep = (event) => this.network.push(JSON.stringify(event, words).replace(RANDOM, '…'));
    for (const name of ['requestWillBeSent', 'requestWillBeSentExtraInfo', 'eventSourceMessageReceived', 'responseReceived']) {
      devtools.on(`Network.${name}`, keep);
    }
  }

  /** Errors of the pages, on a console or elsewhere: a policy that refused something is one. */
  faults() {
    return this.all.flatMap((stage) => stage.#faults);
  }

  /** Another page of the same desk, on a screen of its own. */
  async beside(name, viewport = this.viewport) {
    const { pages, screens, more } = this;
    const other = await open(this.browser, pages[name], viewport, { pages, screens, more });
    this.all.push(other);
    return other;
  }

  /** What is shown now is within WCAG 2.2 AA, as far as a program can tell. */
  async accessible(where = '') {
    await this.page.evaluate(AXE);
    const { violations } = await this.page.evaluate((values) => globalThis.axe.run({ runOnly: { type: 'tag', values } }), WCAG);
    const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('; ')}`);
    assert.deepEqual(told, [], where);
  }

  /** Shows a state that the test made up, after `pushed`. */
  async push(state) {
    await this.page.evaluate((shown) => globalThis.push(shown), state);
    await this.page.locator(`main[data-turn="${state.turn}"]`).waitFor();
  }

  /** Waits until a screen is shown. */
  async screen(name) {
    await this.page.locator(`main.${name}`).waitFor();
    return this.page.locator('main');
  }

  /** Waits until a text is shown. */
  async sees(text) {
    await this.page.getByText(text).first().waitFor();
  }

  /** Touches a button by its name. */
  async touch(name) {
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  /** Types digits on the keypad of the screen and confirms them. */
  async types(digits) {
    const before = await this.turn();
    for (const digit of digits) await this.page.locator('.pad').getByText(digit, { exact: true }).click();
    await this.touch(/^(确认|Confirm)$/);
    await this.page.locator(`main:not([data-turn="${before}"])`).waitFor();
  }

  /** Number of what is shown; it rises with each screen. */
  turn() {
    return this.page.locator('main').getAttribute('data-turn');
  }

  /** Touches a button that prints: the part of the page that `selector` names is printed, one page of it,
   * and nothing else. */
  async prints(name, selector) {
    await this.page.evaluate(() => {
      globalThis.printed = 0;
      globalThis.print = () => (globalThis.printed += 1);
    });
    await this.touch(name);
    assert.equal(await this.page.evaluate(() => globalThis.printed), 1, `"${name}" prints once`);
    await this.page.emulateMedia({ media: 'print' });
    const beside = await this.page.evaluate((part) => {
      const told = (element) => element.checkVisibility() && !element.closest(part) && element.children.length === 0 && element.textContent.trim() !== '';
      return [...document.querySelectorAll('body *')].filter(told).map(({ textContent }) => textContent);
    }, selector);
    assert.deepEqual(beside, []);
    assert.ok(await this.page.locator(selector).isVisible());
    assert.equal(await this.page.getByRole('button').filter({ visible: true }).count(), 0, 'no button is on the paper');
    const pdf = await this.page.pdf({ format: 'A4' });
    assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
    assert.equal(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g).length, 1);
    await this.page.emulateMedia({ media: 'screen' });
  }

  /** Keeps a picture, where pictures are kept. */
  async shot(name) {
    if (!this.screens) return;
    mkdirSync(this.screens, { recursive: true });
    await this.page.screenshot({ path: `${this.screens}/${name}.png` });
  }
}
