// Fields that staff fill in: a name, a hint, and what is wrong with the content, said where it is.

import { h } from './dom.js';

/**
 * A line of text. What is typed is kept in `draft`, so that it outlives a change of language.
 *
 * @param {{name: string, label: string, hint?: string, draft: object, check: (text: string) => ?string,
 *          inputmode?: string, maxlength: number}} how `check` answers what is wrong, or nothing
 * @returns {{element: Node, value: () => ?string}} `value` answers the text if nothing is wrong with it;
 *          otherwise it says what, and moves there
 */
export function field({ name, label, hint, draft, check, inputmode, maxlength }) {
  const described = [hint && `${name}-hint`, `${name}-wrong`].filter(Boolean).join(' ');
  const input = h('input', {
    type: 'text',
    id: name,
    name,
    inputmode,
    maxlength,
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-describedby': described,
    oninput: () => {
      draft[name] = input.value;
    },
  });
  input.value = draft[name] ?? '';
  const wrong = h('p', { class: 'wrong', id: `${name}-wrong`, role: 'alert' });
  const element = h(
    'div',
    { class: 'field' },
    h('label', { for: name }, label),
    hint && h('p', { class: 'hint', id: `${name}-hint` }, hint),
    input,
    wrong,
  );
  function value() {
    const text = input.value.trim();
    const problem = check(text) ?? '';
    wrong.textContent = problem;
    input.setAttribute('aria-invalid', problem !== '');
    if (problem) input.focus();
    return problem ? null : text;
  }
  return { element, value };
}
