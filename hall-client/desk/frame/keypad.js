// The keypad on the screen. No pixel tells which key was pressed: keys have one look, whatever
// happens to them; only the row of dots grows, and it grows by the same dot for each of them.

import { h } from './dom.js';

/** Places of the digits, row by row; clear and delete stand to either side of the last one. */
const LAYOUT = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0];

/**
 * A keypad that types into `digits`.
 *
 * @param {import('./digits.js').Digits} digits
 * @param {{min: number, max: number, fixed: boolean}} how
 * @param {import('./app.js').Ui} ui
 * @param {() => void} onConfirm called when at least `min` digits are there
 * @returns {{element: Node, leave: () => void}}
 */
export function keypad(digits, { min, max, fixed }, ui, onConfirm) {
  const dots = h('div', { class: 'dots', role: 'img' });
  const confirm = h('button', { type: 'button', class: 'primary', onclick: confirmed }, ui.t('ENTER_OK'));
  const order = fixed ? LAYOUT : shuffled(LAYOUT);
  const keys = order.map((digit) => key(digit, 'key', () => press(digit)));
  const last = keys.pop();
  const pad = h(
    'div',
    { class: 'pad', role: 'group', tabindex: 0, 'aria-label': ui.t('ENTER_PAD'), 'aria-describedby': 'pad-help' },
    ...keys,
    key(ui.t('ENTER_CLEAR'), 'key word', () => change(() => digits.wipe())),
    last,
    key(ui.t('ENTER_DELETE'), 'key word', () => change(() => digits.pop())),
  );

  function press(digit) {
    change(() => digits.push(digit, max));
  }

  function change(how) {
    how();
    show();
    ui.tone();
    ui.say(digits.length === 0 ? ui.t('ENTER_EMPTY') : ui.t('ENTER_TYPED', digits.length));
  }

  function show() {
    const { length } = digits;
    dots.replaceChildren(...Array.from({ length: max }, (_, at) => h('span', { class: at < length ? 'dot full' : 'dot' })));
    dots.setAttribute('aria-label', length === 0 ? ui.t('ENTER_EMPTY') : ui.t('ENTER_TYPED', length));
    confirm.setAttribute('aria-disabled', length < min);
  }

  function confirmed() {
    if (digits.length >= min) onConfirm();
  }

  /** A keyboard types too; what it types is shown no more than a touch. */
  function typed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    const digit = LAYOUT.find((candidate) => event.key === String(candidate));
    if (digit !== undefined) press(digit);
    else if (event.key === 'Backspace') change(() => digits.pop());
    else if (event.key === 'Enter' && event.target === pad) confirmed();
    else return;
    event.preventDefault();
  }

  document.addEventListener('keydown', typed);
  show();
  const help = h('p', { class: 'help', id: 'pad-help' }, ui.t('ENTER_PAD_HELP'));
  return {
    element: h('div', { class: 'keypad' }, dots, help, pad, confirm),
    leave: () => document.removeEventListener('keydown', typed),
  };
}

/** A key takes no focus: a ring around it would tell which it was. */
function key(label, look, onclick) {
  const stay = (event) => event.preventDefault();
  return h('button', { type: 'button', class: look, tabindex: -1, onclick, onmousedown: stay }, label);
}

/** Fisher and Yates, with randomness that cannot be foreseen. */
function shuffled(list) {
  const order = [...list];
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = below(at + 1);
    [order[at], order[other]] = [order[other], order[at]];
  }
  return order;
}

/** A number below `limit`, at most 16, without bias: bytes that would favour some are thrown away. */
function below(limit) {
  const byte = new Uint8Array(1);
  const fair = 256 - (256 % limit);
  do crypto.getRandomValues(byte);
  while (byte[0] >= fair);
  return byte[0] % limit;
}
