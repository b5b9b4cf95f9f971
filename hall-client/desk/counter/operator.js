// The operator's page at the agency counter.

import { run } from '/frame/app.js';
import { h } from '/frame/dom.js';
import { actions, busyPicture, button, facts, tries } from '/frame/parts.js';
import { refused } from '/frame/refused.js';
import { checklist, clear } from './checklist.js';
import { record } from './record.js';
import { records } from './records.js';
import { slips } from './slips.js';

/** What each screen looks like, by its name. */
export const screens = {
  sign_in: ({ refusal }, ui) => ({
    title: ui.t('SIGN_IN_TITLE'),
    body: [...problem(refusal, ui), papers(ui, 'sign_in', 'SIGN_IN')],
  }),

  out_of_order: ({ why }, { t }) => ({ title: t('OUT_TITLE'), body: [h('p', { class: 'lead' }, t(why))] }),

  busy: (_, { t }) => ({ title: t('COUNTER_BUSY'), body: [busyPicture()] }),

  desk: (screen, ui) => ({
    title: ui.t('COUNTER_DESK_TITLE'),
    body: [
      facts([ui.t('RECORD_OPERATOR'), screen.operator]),
      h('p', { class: 'lead' }, ui.t('COUNTER_DESK_TEXT')),
      queue(screen, ui),
      slips(screen.slips, ui),
      actions(
        button('second', ui.t('RECORDS_TITLE'), () => ui.act('records', { find: { by: 'number', what: 1 } })),
        button('quiet', ui.t('SIGN_OUT'), () => ui.act('sign_out')),
      ),
    ],
  }),

  form: (screen, ui) => ({
    title: ui.t('CHECK_TITLE'),
    body: [
      tries(screen.tries, ui),
      ...problem(screen.refusal, ui),
      slips(screen.slips, ui, { card: true }),
      h('p', { class: 'hint' }, ui.t('CHECK_EXPLAINED')),
      checklist(ui, (filled) => ui.act('apply', filled)),
    ],
  }),

  approve: (screen, ui) => ({
    title: ui.t('APPROVE_TITLE'),
    body: [
      facts([ui.t('RECORD_CASE'), screen.case], [ui.t('RECORD_OPERATOR'), screen.operator]),
      ...problem(screen.refusal, ui),
      papers(ui, 'approve', 'APPROVE'),
      actions(button('second', ui.t('COUNTER_STOP'), () => ui.act('finish'))),
    ],
  }),

  ready: (screen, ui) => ({
    title: ui.t('READY_TITLE'),
    body: [
      facts([ui.t('RECORD_CASE'), screen.case], [ui.t('CHECK_OPERATION'), ui.t(`CHECK_OPERATION_${screen.operation}`)]),
      actions(
        button('primary', ui.t('READY_START'), () => ui.act('start')),
        button('second', ui.t('COUNTER_STOP'), () => ui.act('finish')),
      ),
    ],
  }),

  operating: ({ steps }, { t }) => ({
    title: t('OPERATING_TITLE'),
    body: [h('div', { role: 'status' }, h('ol', {}, ...steps.map((step) => h('li', {}, t(step))))), busyPicture()],
  }),

  done: (screen, ui) => ({ title: ui.t('DONE_TITLE'), body: record(screen, ui) }),

  refused: ({ refusal }, ui) => ({
    title: ui.t('REFUSED_TITLE'),
    body: [...refused(refusal, null, ui), actions(button('primary', ui.t('BACK'), () => ui.act('finish')))],
  }),

  records: (screen, ui) => ({ title: ui.t('RECORDS_TITLE'), body: records(screen, ui) }),
};

function problem(refusal, ui) {
  return refusal ? refused(refusal, null, ui) : [];
}

/** Certificate and key from files, one or two of them: they stay in this page no longer than it takes. */
function papers(ui, act, name) {
  const input = h('input', { type: 'file', id: 'papers', multiple: true, accept: '.pem,.key,.crt' });
  const send = async (event) => {
    event.preventDefault();
    const texts = await Promise.all([...input.files].slice(0, 2).map((file) => file.text()));
    if (texts.length > 0) ui.act(act, { papers: texts.join('\n') });
  };
  return h(
    'form',
    { novalidate: true, onsubmit: send },
    h('div', { class: 'field' }, h('label', { for: 'papers' }, ui.t('PAPERS')), h('p', { class: 'hint' }, ui.t('PAPERS_HINT')), input),
    actions(h('button', { type: 'submit', class: 'primary' }, ui.t(name))),
  );
}

function queue({ queue: cards }, { t }) {
  const row = ({ card_ref: card, tries_lost: lost }) => h('li', {}, `${card.slice(0, 12)} · ${t('QUEUE_LOST', lost)}`);
  return h('section', { class: 'card' }, h('h2', {}, t('QUEUE_TITLE')), cards.length ? h('ul', {}, ...cards.map(row)) : h('p', {}, t('QUEUE_EMPTY')));
}

run({
  page: 'operator',
  title: 'COUNTER_NAME',
  screens,
  fresh: new Set(),
  shown: (name) => ['desk', 'done', 'sign_in', 'records'].includes(name) && clear(),
  unable: async () => null,
});
