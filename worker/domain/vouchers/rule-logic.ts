/** Reads "1 AND (2 OR 3)": which of a list of rules have to hold. NOT binds closest, then AND, then OR; capitals do not count. */

export type Logic = { kind: 'all' | 'any'; of: Logic[] } | { kind: 'not'; of: Logic } | { kind: 'key'; key: string };

const LONGEST_LOGIC = 2_000;
const DEEPEST = 32;
const TOKEN = /\(|\)|[^\s()]+/g;

/** null: it is none, or longer or deeper than anybody means. */
export function readLogic(text: string): Logic | null {
  const tokens = text.length <= LONGEST_LOGIC ? (text.match(TOKEN) ?? []) : [];
  const read = oneOf({ tokens, at: 0, depth: 0 });
  return read !== null && read.at === tokens.length ? read.logic : null;
}

/** The keys that it names, each once. */
export function keysOf(logic: Logic): string[] {
  if (logic.kind === 'key') return [logic.key];
  return [...new Set((logic.kind === 'not' ? [logic.of] : logic.of).flatMap(keysOf))];
}

interface Cursor {
  tokens: readonly string[];
  at: number;
  depth: number;
}

type Step = { logic: Logic; at: number } | null;

function isWord({ tokens, at }: Cursor, word: string): boolean {
  return tokens[at]?.toUpperCase() === word;
}

function oneOf(cursor: Cursor): Step {
  return chain(cursor, { word: 'OR', kind: 'any', next: allOf });
}

function allOf(cursor: Cursor): Step {
  return chain(cursor, { word: 'AND', kind: 'all', next: single });
}

interface Chain {
  word: 'AND' | 'OR';
  kind: 'all' | 'any';
  next: (cursor: Cursor) => Step;
}

function chain(cursor: Cursor, { word, kind, next }: Chain): Step {
  const first = next(cursor);
  if (first === null) return null;
  const of = [first.logic];
  let at = first.at;
  while (isWord({ ...cursor, at }, word)) {
    const more = next({ ...cursor, at: at + 1 });
    if (more === null) return null;
    of.push(more.logic);
    at = more.at;
  }
  return of.length === 1 ? first : { logic: { kind, of }, at };
}

function single(cursor: Cursor): Step {
  const { tokens, at, depth } = cursor;
  const token = tokens[at];
  if (token === undefined || token === ')' || depth > DEEPEST) return null;
  if (isWord(cursor, 'NOT')) {
    const of = single({ tokens, at: at + 1, depth: depth + 1 });
    return of === null ? null : { logic: { kind: 'not', of: of.logic }, at: of.at };
  }
  if (isWord(cursor, 'AND') || isWord(cursor, 'OR')) return null;
  if (token !== '(') return { logic: { kind: 'key', key: token }, at: at + 1 };
  const inside = oneOf({ tokens, at: at + 1, depth: depth + 1 });
  return inside !== null && tokens[inside.at] === ')' ? { logic: inside.logic, at: inside.at + 1 } : null;
}
