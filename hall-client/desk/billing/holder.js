// The holder's page at a billing desk: what is to be paid, and the PIN, typed alone and sealed here.

import { run } from '/frame/app.js';
import { h } from '/frame/dom.js';
import { enter, forget } from '/frame/enter.js';
import { actions, bring, busyPicture, button, counter, insertPicture, tries } from '/frame/parts.js';
import { refused } from '/frame/refused.js';
import { sealingIsPossible } from '/seal.js';
import { yuan } from './money.js';

/** What each screen looks like, by its name. */
export const screens = {
  welcome: (_, { t }) => said(t('PAY_WELCOME_TITLE'), t('PAY_WELCOME_TEXT')),

  out_of_order: ({ why }, { t }) => said(t('OUT_TITLE'), t(why)),

  insert: (screen, ui) => ({ title: ui.t('ATTRACT_TITLE'), body: [amount(screen, ui), insertPicture()] }),

  reading: (screen, ui) => ({ title: ui.t('READING_TITLE'), body: [amount(screen, ui), busyPicture()] }),

  working: (screen, ui) => ({ title: ui.t('PAY_WORKING'), body: [amount(screen, ui), busyPicture()] }),

  last_try: (screen, ui) => ({
    title: ui.t('PAY_LAST_TITLE'),
    body: [
      amount(screen, ui),
      h('p', { class: 'what', role: 'alert' }, ui.t('PAY_LAST_TEXT')),
      actions(
        button('primary', ui.t('PAY_LAST_STOP'), () => ui.act('back')),
        button('second', ui.t('PAY_LAST_GO'), () => ui.act('use_last')),
      ),
    ],
  }),

  enter: (screen, ui) => enter(screen, ui, { above: [amount(screen, ui)], back: 'PAY_STOP' }),

  must_change: (screen, ui) => ({
    title: ui.t('PAY_ISSUED_TITLE'),
    body: [
      amount(screen, ui),
      h('p', { class: 'lead' }, ui.t('PAY_ISSUED_TEXT')),
      actions(
        button('primary', ui.t('HOME_CHANGE'), () => ui.act('change')),
        button('second', ui.t('PAY_NOT_NOW'), () => ui.act('back')),
      ),
    ],
  }),

  changed: (screen, ui) => ({
    title: ui.t('CHANGED_TITLE'),
    body: [
      amount(screen, ui),
      h('p', { class: 'lead' }, ui.t('CHANGED_TEXT')),
      screen.tries === null ? null : tries(screen.tries, ui),
      actions(button('primary', ui.t('PAY_GO_ON'), () => ui.act('go_on'))),
    ].filter(Boolean),
  }),

  refused: (screen, ui) => ({
    title: ui.t('REFUSED_TITLE'),
    body: [
      amount(screen, ui),
      ...refused(screen.refusal, screen.counter, ui),
      screen.again && actions(button('primary', ui.t('TRY_AGAIN'), () => ui.act('again'))),
    ].filter(Boolean),
  }),

  declined: (_, ui) => ({
    title: ui.t('PAY_DECLINED_TITLE'),
    body: [
      h('p', { class: 'lead' }, ui.t('PAY_DECLINED_TEXT')),
      actions(button('second', ui.t('TRY_AGAIN'), () => ui.act('again'))),
    ],
  }),

  locked: (screen, ui) => ({
    title: ui.t('LOCKED_TITLE'),
    body: [h('p', { class: 'lead' }, ui.t('PAY_LOCKED_TEXT')), bring(ui), counter(screen.counter, ui)].filter(Boolean),
  }),

  paid: (screen, ui) => ({
    title: ui.t('PAY_PAID_TITLE'),
    body: [amount(screen, ui), h('p', { class: 'lead' }, ui.t('TAKE_TITLE'))],
  }),

  settle_later: (screen, ui) => ({
    title: ui.t('STATE_SETTLE_LATER'),
    body: [h('p', { class: 'lead' }, ui.t('PAY_LATER_TEXT')), counter(screen.counter, ui)].filter(Boolean),
  }),

  cancelled: (_, { t }) => said(t('STATE_CANCELLED'), t('TAKE_TITLE')),

  take_card: (_, { t }) => ({ title: t('TAKE_TITLE'), body: [busyPicture()] }),
};

function said(title, text) {
  return { title, body: [h('p', { class: 'lead' }, text)] };
}

function amount({ amount_fen: fen }, { t }) {
  return h('p', { class: 'amount' }, `${t('BILL_TO_PAY')} ${yuan(fen)}`);
}

run({
  page: 'holder',
  title: 'PAY_NAME',
  screens,
  fresh: new Set(['welcome', 'out_of_order']),
  shown: (name) => name === 'enter' || forget(),
  unable: async () => ((await sealingIsPossible()) ? null : 'SEAL_FAILED'),
});
