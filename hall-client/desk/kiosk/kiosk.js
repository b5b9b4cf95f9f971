// The self-service machine: what each of its screens looks like.

import { run } from '/frame/app.js';
import { h } from '/frame/dom.js';
import { enter, forget } from '/frame/enter.js';
import { actions, bring, busyPicture, button, counter, facts, insertPicture, tries } from '/frame/parts.js';
import { refused } from '/frame/refused.js';
import { slipCard } from '/frame/slip.js';
import { sealingIsPossible } from '/seal.js';

/** What each screen looks like, by its name. */
export const screens = {
  attract: (_, { t }) => ({
    title: t('ATTRACT_TITLE'),
    body: [insertPicture(), h('p', { class: 'lead' }, t('ATTRACT_TEXT')), h('p', { class: 'care' }, t('ATTRACT_CARE'))],
  }),

  out_of_order: ({ why }, { t }) => ({
    title: t('OUT_TITLE'),
    body: [h('p', { class: 'lead' }, t(why))],
  }),

  reading: (_, { t }) => ({ title: t('READING_TITLE'), body: [busyPicture()] }),

  checking: (_, { t }) => ({ title: t('CHECKING_TITLE'), body: [busyPicture()] }),

  working: (_, { t }) => ({ title: t('WORKING_TITLE'), body: [busyPicture()] }),

  home,
  enter,

  changed: (screen, ui) => ({
    title: ui.t('CHANGED_TITLE'),
    body: [
      h('p', { class: 'lead' }, ui.t('CHANGED_TEXT')),
      screen.tries === null ? null : tries(screen.tries, ui),
      actions(button('primary', ui.t('FINISH'), () => ui.act('finish'))),
    ].filter(Boolean),
  }),

  locked,

  refused: ({ refusal, again, look_again: lookAgain, counter: place }, ui) => ({
    title: ui.t('REFUSED_TITLE'),
    body: [
      ...refused(refusal, place, ui),
      actions(
        again && button('primary', ui.t('TRY_AGAIN'), () => ui.act('again')),
        lookAgain && button('primary', ui.t('LOOK_AGAIN'), () => ui.act('restart')),
        button(again || lookAgain ? 'second' : 'primary', ui.t('FINISH'), () => ui.act('finish')),
        button('quiet', ui.t('MORE_TIME'), () => ui.act('more_time')),
      ),
    ],
  }),

  take_card: (_, { t, act }) => ({
    title: t('TAKE_TITLE'),
    body: [busyPicture(), actions(button('second', t('TAKE_RESTART'), () => act('restart')))],
  }),
};

function home(screen, ui) {
  const { t, act } = ui;
  const open = screen.closed_by === null;
  return {
    title: t(screen.pin === 'ISSUED' ? 'HOME_ISSUED_TITLE' : 'HOME_TITLE'),
    body: [
      h('p', { class: 'lead' }, t(`HOME_${screen.pin}_TEXT`)),
      tries(screen.tries, ui),
      screen.doubt && h('p', { class: 'what' }, ui.doubt(screen.doubt)),
      open ? null : h('p', { class: 'what', role: 'alert' }, ui.reason(screen.closed_by)),
      cardFacts(screen, ui),
      actions(
        open && button('primary', t('HOME_CHANGE'), () => act('change')),
        button(open ? 'second' : 'primary', t('HOME_LATER'), () => act('finish')),
        button('quiet', t('MORE_TIME'), () => act('more_time')),
      ),
    ].filter(Boolean),
  };
}

function cardFacts({ holder, card_number: number, expires_on: until }, { t }) {
  return h(
    'section',
    { class: 'card' },
    facts(
      [t('HOME_NAME'), holder?.name],
      [t('HOME_CITIZEN_NUMBER'), holder?.citizen_number],
      [t('HOME_CARD_NUMBER'), number],
      [t('HOME_EXPIRES'), until],
    ),
    holder ? null : h('p', {}, t('HOME_PROTECTED')),
  );
}

function locked(screen, ui) {
  const { t, act } = ui;
  return {
    title: t('LOCKED_TITLE'),
    body: [
      h('p', { class: 'lead' }, t('LOCKED_TEXT')),
      bring(ui),
      counter(screen.counter, ui),
      slipCard(screen.slip, ui),
      actions(
        button('primary', t('FINISH'), () => act('finish')),
        button('quiet', t('MORE_TIME'), () => act('more_time')),
      ),
    ].filter(Boolean),
  };
}

run({
  page: 'kiosk',
  title: 'SERVICE_NAME',
  screens,
  fresh: new Set(['attract', 'out_of_order']),
  shown: (name) => ['enter', 'checking'].includes(name) || forget(),
  guided: true,
  unable: async () => ((await sealingIsPossible()) ? null : 'SEAL_FAILED'),
});
