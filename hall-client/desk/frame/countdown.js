// The time that is left of a screen, for everybody to see.

import { h } from './dom.js';

/** From here on, somebody who does not see the screen is told too. */
const SAY_AT_S = 20;

/** A bar and a number at the foot of a page. */
export class Countdown {
  element = h('footer', { hidden: true });
  #timer = 0;

  /** Counts down from `remaining` milliseconds; `null`: what is shown stays. */
  show(remaining, ui) {
    clearInterval(this.#timer);
    this.element.hidden = remaining === null;
    if (remaining === null) return this.element.replaceChildren();
    const end = performance.now() + remaining;
    const text = h('p');
    const bar = h('div', { class: 'left' });
    this.element.replaceChildren(h('div', { class: 'track', 'aria-hidden': 'true' }, bar), text);
    let shown = -1;
    const tick = () => {
      const left = Math.max(0, end - performance.now());
      const seconds = Math.ceil(left / 1000);
      bar.style.transform = `scaleX(${left / remaining})`;
      if (seconds === shown) return;
      shown = seconds;
      text.textContent = ui.t('TIME_LEFT', seconds);
      if (seconds === SAY_AT_S) ui.say(text.textContent);
    };
    tick();
    this.#timer = setInterval(tick, 250);
  }
}
