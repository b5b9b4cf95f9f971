// Elements from values. Text is always a text node, so nothing that is shown can become markup.

/**
 * An element.
 *
 * @param {string} tag
 * @param {Object<string, string|number|boolean|Function|undefined>} attributes `onclick` and the like
 *        are listeners; `true` is an attribute without a value; `false` and `undefined` are none
 * @param {...(Node|string|number|null|undefined|false)} children
 */
export function h(tag, attributes = {}, ...children) {
  return build(document.createElement(tag), attributes, children);
}

/** As `h`, for SVG. */
export function svg(tag, attributes = {}, ...children) {
  return build(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function build(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== undefined) element.setAttribute(name, value);
  }
  const shown = (child) => child !== null && child !== undefined && child !== false;
  element.append(...children.flat().filter(shown));
  return element;
}
