// The way to the desk's server: the session, states as they are pushed, touches.

/**
 * Trades the token behind `#` for the session's cookie, and takes it out of the address and its
 * history. A page that is loaded again has the cookie already.
 */
export async function openSession() {
  const token = location.hash.slice(1);
  if (!token) return;
  await fetch('/session', { method: 'POST', body: token });
  history.replaceState(null, '', location.pathname);
}

/**
 * States of a page as they come.
 *
 * @param {string} page
 * @param {(state: {turn: number, screen: object, remaining_ms: ?number}) => void} onState
 * @param {(lost: 'line'|'session') => void} onLost no state is known to be true any more; the browser
 *        tries again by itself unless the session is not, or no longer, one
 */
export function watch(page, onState, onLost) {
  const source = new EventSource(`/events/${page}`);
  source.onmessage = (event) => onState(JSON.parse(event.data));
  source.onerror = () => onLost(source.readyState === EventSource.CLOSED ? 'session' : 'line');
}

/** A touch on what is shown in this turn. What comes of it is pushed. */
export async function act(page, turn, name, more = {}) {
  const body = JSON.stringify({ turn, act: name, ...more });
  const answer = await fetch(`/act/${page}`, { method: 'POST', body });
  return answer.ok;
}
