// Parts that screens are made of.

import { h, svg } from './dom.js';

/** A button with a place in the order of importance: `primary`, `second`, `quiet`. */
export function button(look, text, onclick) {
  return h('button', { type: 'button', class: look, onclick }, text);
}

/** Buttons side by side, or one below the other where there is no room. */
export function actions(...buttons) {
  return h('div', { class: 'actions' }, ...buttons);
}

/** Names and values; a value that is empty is left out. */
export function facts(...pairs) {
  const shown = pairs.filter(([, value]) => value !== '' && value !== null && value !== undefined);
  return h('dl', { class: 'facts' }, ...shown.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
}

/** Tries left, large: the number that matters most here. */
export function tries(count, ui) {
  const text = count === null || count === undefined ? ui.t('HOME_TRIES_UNKNOWN') : ui.t('HOME_TRIES', count);
  return h('p', { class: count !== null && count < 3 ? 'tries few' : 'tries' }, text);
}

/** What a holder with a locked card brings to the counter. */
export function bring({ t }) {
  return h(
    'section',
    { class: 'card' },
    h('h2', {}, t('LOCKED_BRING_TITLE')),
    h('ul', {}, h('li', {}, t('LOCKED_BRING_SELF')), h('li', {}, t('LOCKED_BRING_AGENT'))),
  );
}

/** Where to go. Texts of a place are configured in both languages. */
export function counter(place, ui) {
  if (!place) return null;
  return h(
    'section',
    { class: 'card' },
    h('h2', {}, ui.t('COUNTER_TITLE')),
    h('p', { class: 'place' }, ui.local(place.name)),
    facts(
      [ui.t('COUNTER_ADDRESS'), ui.local(place.address)],
      [ui.t('COUNTER_HOURS'), ui.local(place.hours)],
      [ui.t('COUNTER_TELEPHONE'), place.telephone],
    ),
  );
}

/** A card on its way into a slot. */
export function insertPicture() {
  return svg(
    'svg',
    { viewBox: '0 0 320 240', class: 'picture', 'aria-hidden': 'true', focusable: 'false' },
    svg('rect', { x: 20, y: 20, width: 280, height: 34, rx: 17, class: 'slot' }),
    svg('rect', { x: 44, y: 33, width: 232, height: 8, rx: 4, class: 'gap' }),
    svg(
      'g',
      { class: 'moving' },
      svg('rect', { x: 70, y: 84, width: 180, height: 120, rx: 12, class: 'plastic' }),
      svg('rect', { x: 90, y: 100, width: 44, height: 34, rx: 6, class: 'chip' }),
      svg('path', { d: 'M90 160h140M90 180h90', class: 'lines' }),
      svg('path', { d: 'M190 128l20-20 20 20M210 108v36', class: 'arrow' }),
    ),
  );
}

/** Something is under way. */
export function busyPicture() {
  return h('div', { class: 'busy', 'aria-hidden': 'true' }, h('span'), h('span'), h('span'));
}
