// The slip for the counter: a code that only the agency can read, and nothing personal in clear.

import { h, svg } from './dom.js';
import { button } from './parts.js';

/** Light modules around a code, so that it is found (ISO/IEC 18004). */
const QUIET = 4;

/**
 * The slip of a locked card, with a button that prints it.
 *
 * @param {?{reference: string, code: string[]}} slip
 * @param {import('./app.js').Ui} ui
 */
export function slipCard(slip, ui) {
  if (!slip) return null;
  return h(
    'section',
    { class: 'card slip' },
    h('div', {}, h('h2', {}, ui.t('SLIP_TITLE')), h('p', { class: 'reference' }, slip.reference), h('p', {}, ui.t('SLIP_TEXT')),
      button('second no-print', ui.t('SLIP_PRINT'), () => print())),
    picture(slip.code, ui.t('SLIP_TITLE')),
  );
}

function picture(rows, label) {
  const size = rows.length + 2 * QUIET;
  const dark = rows.flatMap((row, y) => [...row].flatMap((module, x) => (module === '#' ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : [])));
  return svg(
    'svg',
    { viewBox: `0 0 ${size} ${size}`, class: 'code', role: 'img', 'aria-label': label, 'shape-rendering': 'crispEdges' },
    svg('rect', { width: size, height: size, fill: '#fff' }),
    svg('path', { d: dark.join(''), fill: '#000' }),
  );
}
