// One page: renders each state that is pushed, whole. Nothing of an earlier state stays.

import { Countdown } from './countdown.js';
import { h } from './dom.js';
import { act, openSession, watch } from './link.js';
import { Guidance } from './sound.js';
import { Texts } from './text.js';

/** Pause before a page that could not be started is loaded again: nobody stands by to do it. */
const RELOAD_MS = 2000;

/** What a page shows while it knows nothing that is true. */
const LOST = { line: 'OUT_LINE', session: 'OUT_SESSION' };

/**
 * Runs a page.
 *
 * @param {object} desk
 * @param {string} desk.page its name on the server
 * @param {string} desk.title key of its title
 * @param {Object<string, (screen: object, ui: Ui) => {title: string, body: Node[], leave?: () => void}>} desk.screens
 *        what each screen looks like; `leave` is called before anything else is shown
 * @param {Set<string>} desk.fresh screens on which nobody is at the desk: the language goes back
 * @param {(name: string) => void} desk.shown called with the name of each screen that is shown
 * @param {boolean} desk.guided whether it offers voice and fixed keys
 * @param {() => Promise<?string>} desk.unable why this browser is of no use, as a key; `null`: it is
 */
export async function run(desk) {
  try {
    await start(desk);
  } catch {
    setTimeout(() => location.reload(), RELOAD_MS);
  }
}

async function start(desk) {
  const [texts, unable] = await Promise.all([Texts.load(), desk.unable(), openSession()]);
  const page = new Page(desk, texts);
  if (unable) page.close(unable);
  else page.start();
}

class Page {
  #desk;
  #texts;
  #state = null;
  #leave = () => {};
  #countdown = new Countdown();
  #guidance = new Guidance();
  #main = h('main');
  #header = h('header');
  #live = h('p', { class: 'unseen', role: 'status' });

  constructor(desk, texts) {
    this.#desk = desk;
    this.#texts = texts;
    document.body.replaceChildren(this.#header, this.#main, this.#countdown.element, this.#live);
  }

  start() {
    watch(this.#desk.page, (state) => this.#show(state), (how) => this.close(LOST[how]));
  }

  /** Out of order, for a reason that the server does not know. */
  close(why) {
    this.#show({ turn: 0, screen: { name: 'out_of_order', why }, remaining_ms: null });
  }

  #show(state) {
    this.#state = state;
    this.#desk.shown(state.screen.name);
    if (this.#desk.fresh.has(state.screen.name)) {
      this.#texts.reset();
      this.#guidance.reset();
    }
    this.#render();
  }

  #render() {
    const { turn, screen, remaining_ms: remaining } = this.#state;
    this.#leave();
    const ui = this.#ui(turn);
    const { title, body, leave = () => {} } = this.#desk.screens[screen.name](screen, ui);
    this.#leave = leave;
    document.documentElement.lang = this.#texts.lang;
    document.title = this.#texts.t(this.#desk.title);
    const heading = h('h1', { tabindex: -1 }, title);
    this.#main.className = `screen ${screen.name}`;
    this.#main.dataset.turn = turn;
    this.#main.replaceChildren(heading, ...body);
    this.#header.replaceChildren(...this.#bar(ui));
    this.#countdown.show(remaining, ui);
    this.#live.textContent = '';
    // A screen reader reads the heading of each new screen; nothing is drawn for it.
    heading.focus({ preventScroll: true });
    this.#guidance.speak(this.#main.innerText, this.#texts.lang);
  }

  #bar(ui) {
    const other = () => {
      this.#texts.switchOver();
      this.#render();
    };
    const guide = () => {
      this.#guidance.toggle();
      this.#render();
    };
    return [
      h('img', { src: '/frame/card.svg', alt: '' }),
      h('p', { class: 'service' }, ui.t(this.#desk.title)),
      this.#desk.guided && h('button', { type: 'button', class: 'quiet', 'aria-pressed': `${ui.guided}`, onclick: guide }, ui.t('GUIDANCE')),
      h('button', { type: 'button', class: 'quiet', lang: this.#texts.otherLang, onclick: other }, ui.t('OTHER_LANGUAGE')),
    ].filter(Boolean);
  }

  /** @typedef {ReturnType<Page['#ui']>} Ui what a screen may use */
  #ui(turn) {
    const { t, reason, weak, doubt, local, both } = this.#texts;
    return {
      t,
      reason,
      weak,
      doubt,
      local,
      both,
      act: (name, more) => act(this.#desk.page, turn, name, more),
      /** Said by a screen reader and by the page's own voice, not shown. */
      say: (text) => {
        this.#live.textContent = text;
        this.#guidance.speak(text, this.#texts.lang);
      },
      /** Whether somebody asked for voice and fixed keys. */
      guided: this.#guidance.on,
      tone: () => this.#guidance.tone(),
    };
  }
}
