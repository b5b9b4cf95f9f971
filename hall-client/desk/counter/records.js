// Past records: found by number, day or hash, each held against its hash; and the check of all of them.

import { h } from '/frame/dom.js';
import { field } from '/frame/field.js';
import { actions, busyPicture, button } from '/frame/parts.js';
import { time } from './record.js';

const WAYS = ['number', 'day', 'hash'];
const HEADS = ['RECORD_NUMBER', 'RECORD_TIME', 'RECORD_KIND', 'RECORD_BODY', 'RECORD_HASH', 'RECORD_CHECK'];
/** Of the body, what the columns before it say already. */
const TOLD = new Set(['v', 'kind', 'time_unix_ms']);

/**
 * The page of past records.
 *
 * @param {{find: {by: string, what: string|number}, plain: boolean, found: ?{lines: object[], more: boolean},
 *          verdict: ?{records: number, bad: ?[number, string]}, busy: boolean}} screen
 * @param {import('/frame/app.js').Ui} ui
 */
export function records({ find, plain, found, verdict, busy }, ui) {
  const { t, act } = ui;
  const last = found?.lines.at(-1)?.sequence ?? 0;
  return [
    search(find, ui),
    plain ? null : h('p', { class: 'what', role: 'alert' }, t('RECORDS_WRONG')),
    busy && h('p', { role: 'status' }, t('RECORDS_LOOKING')),
    busy && busyPicture(),
    verdict && outcome(verdict, ui),
    found && (found.lines.length ? table(found.lines, ui) : h('p', { role: 'status' }, t('RECORDS_NONE'))),
    actions(
      found?.more && button('second', t('RECORDS_MORE'), () => act('records', { find: { by: 'number', what: last + 1 } })),
      button('second', t('RECORDS_CHECK'), () => act('check')),
      button('second', t('BACK'), () => act('finish')),
    ),
  ].filter(Boolean);
}

function search({ by, what }, { t, act }) {
  const draft = { what: String(what) };
  const chosen = { by };
  const way = (name) => {
    const input = h('input', { type: 'radio', name: 'by', id: `by-${name}`, checked: name === by, onchange: () => { chosen.by = name; } });
    return h('div', { class: 'choice' }, input, h('label', { for: `by-${name}` }, t(`RECORDS_BY_${name.toUpperCase()}`)));
  };
  const right = (text) => (chosen.by === 'number' ? /^\d{1,15}$/.test(text) : text !== '');
  const text = field({ name: 'what', label: t('RECORDS_WHAT'), hint: t('RECORDS_WHAT_HINT'), draft, maxlength: 64, check: (typed) => (right(typed) ? null : t('RECORDS_WRONG')) });
  const look = (event) => {
    event.preventDefault();
    const typed = text.value();
    if (typed !== null) act('records', { find: { by: chosen.by, what: chosen.by === 'number' ? Number(typed) : typed } });
  };
  return h(
    'form',
    { novalidate: true, onsubmit: look },
    h('fieldset', { class: 'row' }, h('legend', {}, t('RECORDS_BY')), ...WAYS.map(way)),
    text.element,
    actions(h('button', { type: 'submit', class: 'primary' }, t('RECORDS_LOOK'))),
  );
}

function outcome({ records: count, bad }, { t }) {
  if (!bad) return h('p', { class: 'state', role: 'status' }, t('RECORDS_CHECKED', count));
  const [sequence, fault] = bad;
  return h('p', { class: 'state bad', role: 'alert' }, t('RECORDS_BAD', sequence), ' ', t(fault));
}

function table(lines, { t }) {
  const row = ({ sequence, time_unix_ms: at, body, hash, whole }) => {
    const { kind, rest } = apart(body);
    const cells = [sequence, time(at), kind, rest, hash, t(whole ? 'RECORD_WHOLE' : 'RECORD_BROKEN')];
    return h('tr', { class: whole ? '' : 'broken' }, ...cells.map((cell) => h('td', {}, cell)));
  };
  const heads = HEADS.map((key) => h('th', { scope: 'col' }, t(key)));
  return h('div', { class: 'wide', tabindex: 0, role: 'region', 'aria-label': t('RECORDS_TITLE') }, h('table', {}, h('thead', {}, h('tr', {}, ...heads)), h('tbody', {}, ...lines.map(row))));
}

/** A record's kind and the rest of what it says; a body that cannot be read is shown as it is. */
function apart(body) {
  try {
    const said = JSON.parse(body);
    const rest = Object.entries(said).filter(([name, value]) => !TOLD.has(name) && value !== null);
    return { kind: said.kind, rest: rest.map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`).join(' · ') };
  } catch {
    return { kind: '', rest: body };
  }
}
