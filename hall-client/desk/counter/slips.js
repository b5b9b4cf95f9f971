// Slips that people brought, and which of them names the card that lies there.

import { h } from '/frame/dom.js';
import { field } from '/frame/field.js';

/**
 * The slips, and a line for one more.
 *
 * @param {{waiting: {reference: string, fits: ?boolean}[], wrong: boolean}} slips
 * @param {import('/frame/app.js').Ui} ui
 * @param {{card?: boolean}} where whether a card lies there, so that a slip that cannot be compared is told
 */
export function slips({ waiting, wrong }, { t, act }, { card = false } = {}) {
  const reference = field({ name: 'slip', label: t('SLIP'), hint: t('SLIP_HINT'), draft: {}, maxlength: 40, check: (text) => (text ? null : t('SLIP_HINT')) });
  const bring = (event) => {
    event.preventDefault();
    const text = reference.value();
    if (text !== null) act('slip', { reference: text });
  };
  const told = waiting.some(({ fits }) => fits !== null);
  const none = told && !waiting.some(({ fits }) => fits);
  return h(
    'section',
    { class: 'card slips' },
    h('form', { class: 'bring', novalidate: true, onsubmit: bring }, reference.element, h('button', { type: 'submit' }, t('SLIP_ADD'))),
    wrong && h('p', { class: 'what', role: 'alert' }, t('SLIP_WRONG')),
    none && h('p', { class: 'none', role: 'status' }, t('SLIP_NONE_FITS')),
    h('ul', {}, ...waiting.map((slip) => row(slip, card, t))),
  );
}

function row({ reference, fits }, card, t) {
  const compared = fits ? 'SLIP_FITS' : 'SLIP_OTHER';
  const how = fits === null ? 'SLIP_UNKNOWN' : compared;
  return h('li', { class: fits ? 'fits' : '' }, reference, card && ` · ${t(how)}`);
}
