// The guided change: three PINs, one after the other, sealed together for cardd.

import { Digits } from '/frame/digits.js';
import { h } from '/frame/dom.js';
import { keypad } from '/frame/keypad.js';
import { actions, button } from '/frame/parts.js';
import { sealFor } from '/frame/sealing.js';

const STEPS = ['old', 'new', 'again'];

/** What is typed so far, by step, for one entry. */
const typed = new Map(STEPS.map((step) => [step, new Digits()]));
let entryOf = null;

/** Nothing that was typed outlives the entry that it was typed for: called whenever anything but this
 * entry is shown. */
export function forget() {
  typed.forEach((digits) => digits.wipe());
  entryOf = null;
}

export function enter(screen, ui) {
  const { t, act } = ui;
  if (screen.entry_id !== entryOf) {
    forget();
    // Loaded again, or the line broke: what was typed before is gone.
    if (screen.step !== 'old') act('start_over');
  }
  entryOf = screen.entry_id;
  const { step, min_digits: min, max_digits: max } = screen;
  const range = min === max ? `${min}` : `${min}–${max}`;
  let confirmedOnce = false;

  async function confirmed() {
    if (confirmedOnce) return undefined;
    confirmedOnce = true;
    if (step !== 'again') return act('typed');
    const pins = STEPS.map((name) => typed.get(name).take());
    const sealed = await sealFor(screen, 'change', pins);
    return act('submit', sealed);
  }

  const digits = typed.get(step);
  digits.wipe();
  const pad = keypad(digits, { min, max, fixed: false }, ui, confirmed);
  return {
    title: t(`ENTER_${step.toUpperCase()}`),
    body: [
      h('p', { class: 'step' }, t('ENTER_STEP', STEPS.indexOf(step) + 1)),
      h('p', { class: 'tries' }, t('ENTER_TRIES', screen.tries)),
      h('p', { class: 'hint' }, t(`ENTER_${step.toUpperCase()}_HINT`, range)),
      pad.element,
      actions(button('second', t('BACK'), () => act('back'))),
    ],
    leave: pad.leave,
  };
}
