// The record for the file, on paper or as PDF: Chinese with English beside it, whatever the page reads.

import { h } from '/frame/dom.js';
import { actions, button } from '/frame/parts.js';

/** The record of an operation; what is printed is this part alone (see print.css). */
export function record({ case: number, operation, reason, agent, operator, second, paper }, ui) {
  const { t } = ui;
  const { line, holder_pin_set: set } = paper;
  const said = (key) => twice(key, ui);
  return [
    h(
      'section',
      { class: 'card record', lang: 'zh-CN' },
      h('h2', {}, ...said('RECORD_TITLE')),
      rows(
        ui,
        ['RECORD_NUMBER', line.sequence],
        ['RECORD_CASE', number],
        ['RECORD_TIME', time(line.time_unix_ms)],
        ['CHECK_OPERATION', said(`CHECK_OPERATION_${operation}`)],
        ['CHECK_REASON', said(`CHECK_REASON_${reason}`)],
        ['CHECK_AGENT', said(`CHECK_AGENT_${agent ? 'YES' : 'NO'}`)],
        ['RECORD_OPERATOR', operator],
        ['RECORD_SECOND', second],
        ['RECORD_TRIES', paper.tries],
        ['RECORD_OWN_PIN', operation === 'RELOAD' ? said(set ? 'RECORD_OWN_PIN_SET' : 'RECORD_OWN_PIN_OPEN') : null],
        ['RECORD_HASH', line.hash],
      ),
      h('p', { class: 'signature' }, ...said('RECORD_SIGNATURE')),
    ),
    h('p', { class: line.whole ? 'hint' : 'what' }, t(line.whole ? 'RECORD_WHOLE' : 'RECORD_BROKEN')),
    actions(button('primary', t('RECORD_PRINT'), () => window.print()), button('second', t('COUNTER_NEXT'), () => ui.act('finish'))),
  ];
}

/** A text in both languages, Chinese first. */
function twice(key, ui) {
  const { zh, en } = ui.both(key);
  return [zh, h('span', { class: 'second-language', lang: 'en' }, en)];
}

function rows(ui, ...pairs) {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined);
  return h('dl', { class: 'facts' }, ...shown.flatMap(([key, value]) => [h('dt', {}, ...twice(key, ui)), h('dd', {}, ...[value].flat())]));
}

/** A moment as the ledger has it, UTC. */
export function time(ms) {
  return new Date(ms).toISOString().replace('T', ' ').slice(0, 19);
}
