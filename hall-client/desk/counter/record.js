// The record for the file, on paper or as PDF, and records of the past.

import { h } from '/frame/dom.js';
import { actions, button, facts } from '/frame/parts.js';

/** The record of an operation; `window.print` prints this part alone (see print.css). */
export function record({ case: number, operation, reason, agent, operator, second, paper }, ui) {
  const { t } = ui;
  const { line, holder_pin_set: set } = paper;
  return [
    h(
      'section',
      { class: 'card record' },
      h('h2', {}, t('RECORD_TITLE')),
      facts(
        [t('RECORD_NUMBER'), line.sequence],
        [t('RECORD_CASE'), number],
        [t('RECORD_TIME'), time(line.time_unix_ms)],
        [t('CHECK_OPERATION'), t(`CHECK_OPERATION_${operation}`)],
        [t('CHECK_REASON'), t(`CHECK_REASON_${reason}`)],
        [t('CHECK_AGENT'), t(`CHECK_AGENT_${agent ? 'YES' : 'NO'}`)],
        [t('RECORD_OPERATOR'), operator],
        [t('RECORD_SECOND'), second],
        [t('RECORD_TRIES'), paper.tries],
        operation === 'RELOAD' ? [t('RECORD_OWN_PIN'), t(set ? 'RECORD_OWN_PIN_SET' : 'RECORD_OWN_PIN_OPEN')] : ['', null],
        [t('RECORD_HASH'), line.hash],
      ),
      h('p', { class: 'signature' }, t('RECORD_SIGNATURE')),
    ),
    h('p', { class: line.whole ? 'hint' : 'what' }, t(line.whole ? 'RECORD_WHOLE' : 'RECORD_BROKEN')),
    actions(button('primary', t('RECORD_PRINT'), () => window.print()), button('second', t('COUNTER_NEXT'), () => ui.act('finish'))),
  ];
}

/** Records after `after`, each checked. */
export function records({ after, lines }, ui) {
  const { t, act } = ui;
  const from = h('input', { type: 'text', id: 'after', inputmode: 'numeric', maxlength: 12 });
  from.value = after;
  const look = (event) => {
    event.preventDefault();
    if (/^\d+$/.test(from.value)) act('records', { after: Number(from.value) });
  };
  const row = ({ sequence, time_unix_ms: at, body, hash, whole }) =>
    h(
      'tr',
      { class: whole ? '' : 'broken' },
      ...[sequence, time(at), body, hash, t(whole ? 'RECORD_WHOLE' : 'RECORD_BROKEN')].map((cell) => h('td', {}, cell)),
    );
  const heads = ['RECORD_NUMBER', 'RECORD_TIME', 'RECORD_BODY', 'RECORD_HASH', 'RECORD_CHECK'].map((key) => h('th', { scope: 'col' }, t(key)));
  return [
    h('form', { onsubmit: look }, h('div', { class: 'field' }, h('label', { for: 'after' }, t('RECORDS_AFTER')), from), h('button', { type: 'submit' }, t('RECORDS_LOOK'))),
    h('div', { class: 'wide', tabindex: 0, role: 'region', 'aria-label': t('RECORDS_TITLE') }, h('table', {}, h('thead', {}, h('tr', {}, ...heads)), h('tbody', {}, ...lines.map(row)))),
    actions(button('second', t('BACK'), () => act('finish'))),
  ];
}

function time(ms) {
  return new Date(ms).toISOString().replace('T', ' ').slice(0, 19);
}
