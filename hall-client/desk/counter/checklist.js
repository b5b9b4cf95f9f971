// The checklist of a case: every line is answered, or nothing is sent.

import { h } from '/frame/dom.js';
import { field } from '/frame/field.js';
import { actions } from '/frame/parts.js';

/** 18 characters, the last of which may be X (GB 11643); cardd checks the check character. */
const NUMBER = /^\d{17}[\dXx]$/;

/** What is filled in for the card that lies there. */
let draft = {};

/** The next card begins with an empty list. */
export function clear() {
  draft = {};
}

/** The form; `send` is called with the whole list. */
export function checklist(ui, send) {
  const { t } = ui;
  const wrong = h('p', { class: 'wrong', role: 'alert' });
  const number = (name) =>
    field({ name, label: t(`CHECK_${name.toUpperCase()}`), draft, maxlength: 18, check: (text) => (NUMBER.test(text) ? null : t('CHECK_NUMBER_WRONG')) });
  const holder = number('holder_number');
  const agent = number('agent_number');
  const agentPart = h('div', { class: 'field' }, agent.element, seen('agent_original_seen', t));
  const whose = choice('agent', ['NO', 'YES'], t, () => show());
  const show = () => {
    agentPart.hidden = draft.agent !== 'YES';
  };
  show();
  const submit = (event) => {
    event.preventDefault();
    const byAgent = draft.agent === 'YES';
    const numbers = [holder.value(), byAgent ? agent.value() : ''];
    const ticked = draft.holder_original_seen && (!byAgent || draft.agent_original_seen);
    const complete = draft.agent && draft.operation && draft.reason && ticked;
    wrong.textContent = complete ? '' : t('CHECK_INCOMPLETE');
    if (!complete || numbers.includes(null)) return;
    send({
      operation: draft.operation,
      reason: draft.reason,
      agent: byAgent,
      holder_number: numbers[0].toUpperCase(),
      holder_original_seen: true,
      agent_number: numbers[1].toUpperCase(),
      agent_original_seen: byAgent,
    });
  };
  return h(
    'form',
    { novalidate: true, onsubmit: submit },
    whose,
    holder.element,
    seen('holder_original_seen', t),
    agentPart,
    choice('reason', ['BLOCKED', 'FORGOTTEN', 'NEVER_KNOWN'], t),
    choice('operation', ['UNBLOCK', 'RELOAD'], t),
    wrong,
    actions(h('button', { type: 'submit', class: 'primary' }, t('CHECK_SEND'))),
  );
}

/** One of several; none is chosen beforehand. */
function choice(name, values, t, changed = () => {}) {
  const option = (value) => {
    const input = h('input', {
      type: 'radio',
      name,
      value,
      id: `${name}-${value}`,
      checked: draft[name] === value,
      onchange: () => {
        draft[name] = value;
        changed();
      },
    });
    return h('div', { class: 'choice' }, input, h('label', { for: `${name}-${value}` }, t(`CHECK_${name.toUpperCase()}_${value}`)));
  };
  return h('fieldset', {}, h('legend', {}, t(`CHECK_${name.toUpperCase()}`)), ...values.map(option));
}

/** Something that the operator has to have seen. */
function seen(name, t) {
  const input = h('input', {
    type: 'checkbox',
    id: name,
    checked: draft[name] === true,
    onchange: () => {
      draft[name] = input.checked;
    },
  });
  return h('div', { class: 'choice' }, input, h('label', { for: name }, t(`CHECK_${name.toUpperCase()}`)));
}
