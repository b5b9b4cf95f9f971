// The cashier's page: bills in, and how each stands. It learns no digit and no number of digits.

import { run } from '/frame/app.js';
import { h } from '/frame/dom.js';
import { field } from '/frame/field.js';
import { actions, button, facts, tries } from '/frame/parts.js';
import { refused } from '/frame/refused.js';
import { fen, yuan } from './money.js';

const REFERENCE = /^[A-Za-z0-9._-]{1,64}$/;
/** What the cashier has to do something about. */
const BAD = new Set(['OUT_OF_ORDER', 'LAST_TRY', 'ISSUED_PIN', 'WRONG_PIN', 'REFUSED', 'DECLINED', 'LOCKED']);

/** What is typed for the next bill. */
let draft = {};

/** What each screen looks like, by its name. */
export const screens = {
  bill,

  out_of_order: ({ why }, { t }) => ({ title: t('OUT_TITLE'), body: [h('p', { class: 'lead' }, t(why))] }),

  work: (screen, ui) => {
    const { t, act } = ui;
    return {
      title: t('CASHIER_WORK_TITLE'),
      body: [
        billFacts(screen, ui),
        h('p', { class: BAD.has(screen.state) ? 'state bad' : 'state', role: 'status' }, t(`STATE_${screen.state}`)),
        screen.why && h('p', { class: 'lead' }, t(screen.why)),
        ...(screen.refusal ? refused(screen.refusal, null, ui) : []),
        screen.tries !== null && !screen.refusal && tries(screen.tries, ui),
        h('p', { class: 'hint' }, t('SETTLE_LATER_HINT')),
        actions(
          screen.again && button('primary', t('ASK_AGAIN'), () => act('again')),
          button('second', t('SETTLE_LATER'), () => act('settle_later')),
          button('second', t('CANCEL_BILL'), () => act('cancel_bill')),
        ),
      ].filter(Boolean),
    };
  },

  over: (screen, ui) => {
    const { t, act } = ui;
    return {
      title: t(`STATE_${screen.state}`),
      body: [
        billFacts(screen, ui),
        screen.record && receipt(screen.record, ui),
        actions(button('primary', t('NEXT_BILL'), () => act('finish'))),
      ].filter(Boolean),
    };
  },
};

function billFacts({ reference, amount_fen: amount }, { t }) {
  return h('section', { class: 'card' }, facts([t('BILL_REFERENCE'), reference], [t('BILL_TO_PAY'), yuan(amount)]));
}

function receipt(record, { t }) {
  return h('section', { class: 'card' }, h('h2', {}, t('RECEIPT_TITLE')), facts([t('RECEIPT_RECORD'), record]));
}

function bill(_, { t, act }) {
  const reference = field({
    name: 'reference',
    label: t('BILL_REFERENCE'),
    hint: t('BILL_REFERENCE_HINT'),
    draft,
    maxlength: 64,
    check: (text) => (REFERENCE.test(text) ? null : t('BILL_REFERENCE_WRONG')),
  });
  const amount = field({
    name: 'amount',
    label: t('BILL_AMOUNT'),
    hint: t('BILL_AMOUNT_HINT'),
    draft,
    maxlength: 10,
    inputmode: 'decimal',
    check: (text) => (fen(text) === null ? t('BILL_AMOUNT_WRONG') : null),
  });
  const open = (event) => {
    event.preventDefault();
    // Both are asked, so that both say what is wrong; the first wrong one has the focus.
    const [sum, name] = [amount.value(), reference.value()];
    if (sum === null || name === null) return;
    draft = {};
    act('open', { reference: name, amount_fen: fen(sum) });
  };
  return {
    title: t('BILL_TITLE'),
    body: [
      h(
        'form',
        { novalidate: true, onsubmit: open },
        reference.element,
        amount.element,
        actions(h('button', { type: 'submit', class: 'primary' }, t('BILL_OPEN'))),
      ),
    ],
  };
}

run({
  page: 'cashier',
  title: 'CASHIER_NAME',
  screens,
  fresh: new Set(),
  shown: () => {},
  unable: async () => null,
});
