// What a holder types for one entry: its PINs, one after the other, sealed together for cardd.

import { Digits } from '/frame/digits.js';
import { h } from '/frame/dom.js';
import { keypad } from '/frame/keypad.js';
import { actions, button } from '/frame/parts.js';
import { refusalText } from '/frame/refused.js';
import { sealFor } from '/frame/sealing.js';

/** The PINs that a holder types, in the order of the prompts, by purpose. */
const STEPS = { verify: ['pin'], change: ['old', 'new', 'again'], 'own-pin': ['new', 'again'] };
/** Those that are sealed to an entry, once the last of them is typed. */
const SEALED = { ...STEPS, 'new-pin': ['new'] };

/** What is typed so far, by step, for one entry. */
const typed = new Map(Object.values(STEPS).flat().map((step) => [step, new Digits()]));
let typedFor = null;

/** Nothing that was typed outlives the entry that it was typed for: called whenever anything but this
 * entry is shown. */
export function forget() {
  typed.forEach((digits) => digits.wipe());
  typedFor = null;
}

/**
 * The screen of one PIN.
 *
 * @param {object} screen the open entry and its `step`
 * @param {import('./app.js').Ui} ui
 * @param {{above?: Node[], back?: string}} more what stands above the keypad, and the name of the way out
 */
export function enter(screen, ui, { above = [], back = 'BACK' } = {}) {
  const { t, act } = ui;
  const steps = STEPS[screen.purpose];
  const sealedAs = screen.judging ? 'new-pin' : screen.purpose;
  const last = SEALED[sealedAs].at(-1);
  // One change may take two entries: the new PIN is judged in one of its own.
  const flow = screen.flow ?? screen.entry_id;
  if (flow !== typedFor) {
    forget();
    // Loaded again, or the line broke: what was typed before is gone.
    if (screen.step !== steps[0]) act('start_over');
  }
  typedFor = flow;
  const { step, min_digits: min, max_digits: max } = screen;
  const range = min === max ? `${min}` : `${min}–${max}`;
  let confirmedOnce = false;

  async function confirmed() {
    if (confirmedOnce) return undefined;
    confirmedOnce = true;
    if (step !== last) return act('typed');
    const kept = last === steps.at(-1) ? (name) => typed.get(name).take() : (name) => typed.get(name).copy();
    const pins = SEALED[sealedAs].map(kept);
    const sealed = await sealFor(screen, sealedAs, pins);
    return act('submit', sealed);
  }

  const digits = typed.get(step);
  digits.wipe();
  const pad = keypad(digits, { min, max, fixed: ui.guided }, ui, confirmed);
  return {
    title: t(`ENTER_${step.toUpperCase()}`),
    body: [
      ...above,
      steps.length > 1 && h('p', { class: 'step' }, t(`ENTER_STEP_OF_${steps.length}`, steps.indexOf(step) + 1)),
      screen.tries === null ? null : h('p', { class: 'tries' }, t('ENTER_TRIES', screen.tries)),
      screen.notice && h('p', { class: 'what', role: 'alert' }, refusalText(screen.notice, ui), ' ', t('SPENT_NO')),
      ...hint(screen, range, ui),
      pad.element,
      actions(button('second', t(back), () => act('back'))),
    ].filter(Boolean),
    leave: pad.leave,
  };
}

/** What is to be typed; for a new PIN, all that it may not be, before anybody types. */
function hint({ step, rules }, range, { t, local }) {
  if (step !== 'new' || rules.length === 0) return [h('p', { class: 'hint' }, t(`ENTER_${step.toUpperCase()}_HINT`, range))];
  return [h('p', { class: 'hint' }, t('ENTER_NEW_RULES', range)), h('ul', { class: 'rules' }, ...rules.map((rule) => h('li', {}, local(rule))))];
}
