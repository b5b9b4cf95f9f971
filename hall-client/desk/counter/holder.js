// The holder's page at the agency counter: the own PIN after a reset, typed alone and sealed here.

import { run } from '/frame/app.js';
import { h } from '/frame/dom.js';
import { enter, forget } from '/frame/enter.js';
import { actions, busyPicture, button } from '/frame/parts.js';
import { refused } from '/frame/refused.js';
import { sealingIsPossible } from '/seal.js';

/** What each screen looks like, by its name. */
export const screens = {
  welcome: (_, { t }) => said(t('PAY_WELCOME_TITLE'), t('COUNTER_HOLDER_WELCOME')),
  out_of_order: ({ why }, { t }) => said(t('OUT_TITLE'), t(why)),
  wait: (_, { t }) => ({ title: t('COUNTER_HOLDER_WAIT'), body: [busyPicture()] }),
  enter: (screen, ui) => enter(screen, ui, { back: 'ENTER_FROM_START' }),
  setting: (_, { t }) => ({ title: t('COUNTER_HOLDER_SETTING'), body: [busyPicture()] }),
  set: (_, { t }) => said(t('CHANGED_TITLE'), t('CHANGED_TEXT')),
  unlocked: (_, { t }) => said(t('COUNTER_UNLOCKED'), t('COUNTER_UNLOCKED_TEXT')),
  refused: ({ refusal, again }, ui) => ({
    title: ui.t('REFUSED_TITLE'),
    body: [
      ...refused(refusal, null, ui),
      again && actions(button('primary', ui.t('TRY_AGAIN'), () => ui.act('again'))),
    ].filter(Boolean),
  }),
};

function said(title, text) {
  return { title, body: [h('p', { class: 'lead' }, text)] };
}

run({
  page: 'holder',
  title: 'COUNTER_HOLDER_NAME',
  screens,
  fresh: new Set(['welcome', 'out_of_order']),
  shown: (name) => name === 'enter' || forget(),
  unable: async () => ((await sealingIsPossible()) ? null : 'SEAL_FAILED'),
});
