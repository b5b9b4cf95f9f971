// Amounts: fen (分) between programs, yuan (元) for people.

/** Yuan of at most seven digits, and two for fen. */
const YUAN = /^\d{1,7}(\.\d{1,2})?$/;

/** `1250` is `¥12.50`. */
export function yuan(fen) {
  return `¥${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
}

/** The fen of what somebody typed in yuan; `null`: none, or nothing to pay. No fractions are computed with. */
export function fen(text) {
  if (!YUAN.test(text)) return null;
  const [whole, part = ''] = text.split('.');
  const amount = Number(whole) * 100 + Number(part.padEnd(2, '0'));
  return amount > 0 ? amount : null;
}
