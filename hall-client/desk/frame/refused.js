// A failure: what happened, whether it cost a try, what to do next. The same on every page.

import { h } from './dom.js';
import { counter, facts, tries } from './parts.js';

/** What happened. */
export function refusalText({ weak, words, code }, ui) {
  if (words) return ui.local(words);
  return weak ? ui.weak(weak) : ui.reason(code);
}

/**
 * Everything about a refusal but its buttons.
 *
 * @param {{code: string, spent: string, tries: ?number, weak: ?string, words: ?object, incident: ?string, next: string}} refusal
 * @param {?object} place where to go, if that helps
 * @param {import('./app.js').Ui} ui
 */
export function refused(refusal, place, ui) {
  return [
    h('p', { class: 'what', role: 'alert' }, refusalText(refusal, ui)),
    h('p', { class: `spent ${refusal.spent.toLowerCase()}` }, ui.t(`SPENT_${refusal.spent}`)),
    refusal.tries === null ? null : tries(refusal.tries, ui),
    h('p', { class: 'next' }, ui.t(`NEXT_${refusal.next}`)),
    counter(place, ui),
    refusal.incident ? facts([ui.t('INCIDENT'), refusal.incident]) : null,
  ].filter(Boolean);
}
