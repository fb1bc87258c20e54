/** Points as people and spreadsheets write them: a whole number, maybe with thousands set apart. Pure. */

/** What sets thousands apart; null: whatever can mean nothing else. */
export const SEPARATORS = ['comma', 'dot', 'space', 'apostrophe'] as const;
export type Separator = (typeof SEPARATORS)[number];

export const LARGEST_POINTS = 1_000_000_000_000;

export type NumberReading = { value: number; rule: null } | { value: null; rule: string };

const CHARACTERS: Record<Separator, string> = { comma: ',', dot: '.', space: ' ', apostrophe: "'" };
/** Blanks that do not break, thin ones, and the other apostrophe. */
const SPACES = /[\u00a0\u2009\u202f]/g;
const WHOLE = 'must be a whole number';
const AMBIGUOUS = 'could be thousands or a fraction: say which by `thousands`';

/**
 * `52,620`, `52 620`, `52'620`, `1.234.567`, `52,620.00` and `52.620,00` are whole numbers. A single dot before three
 * digits is one only where `thousands` says so: `12.500` may be twelve and a half.
 */
export function pointsIn(text: string, thousands: Separator | null): NumberReading {
  const plain = text.trim().replace(SPACES, ' ').replace(/’/g, "'").replace(/^−/, '-');
  const [, sign = '', body = ''] = /^([+-]?)(.*)$/.exec(plain) ?? [];
  const digits = digitsOf(body, thousands);
  if ('rule' in digits) return { value: null, rule: digits.rule };
  // a long run of digits is too large whatever it says
  const value = digits.text.length > 16 ? Number.POSITIVE_INFINITY : Number(digits.text);
  if (value > LARGEST_POINTS) return { value: null, rule: `must be at most ${LARGEST_POINTS}` };
  return { value: sign === '-' && value !== 0 ? -value : value, rule: null };
}

function digitsOf(body: string, thousands: Separator | null): { text: string } | { rule: string } {
  if (/^\d+$/.test(body)) return { text: body };
  const [, whole = body, mark = ''] = /^(.*\d)([.,])0{1,2}$/.exec(body) ?? [];
  if (/^\d+$/.test(whole)) return { text: whole };
  const between = /\D/.exec(whole)?.[0] ?? '';
  const isGrouped = /^\d{1,3}(?:([., '])\d{3})(?:\1\d{3})*$/.test(whole) && between !== mark;
  if (!isGrouped) return { rule: WHOLE };
  const text = whole.replaceAll(between, '');
  if (thousands !== null) return CHARACTERS[thousands] === between ? { text } : { rule: WHOLE };
  // two groups are thousands; so is one whose fraction is set off otherwise
  const isClear = between !== '.' || mark === ',' || whole.split(between).length > 2;
  return isClear ? { text } : { rule: AMBIGUOUS };
}
