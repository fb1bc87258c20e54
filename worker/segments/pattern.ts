/** Regular expressions that a merchant wrote, run over what shoppers sent: RE2's, which cannot be made to take for ever. */
import { RE2JS } from 're2js';
import type { PatternMaker } from '../domain/segments/values.ts';

const MOST_KEPT = 1_000;
const kept = new Map<string, ReturnType<PatternMaker>>();

/** Finds the pattern anywhere in a text; null for what is no expression of RE2's. */
export const pattern: PatternMaker = (text) => {
  const known = kept.get(text);
  if (known !== undefined) return known;
  if (kept.size >= MOST_KEPT) kept.clear();
  const made = compiled(text);
  kept.set(text, made);
  return made;
};

function compiled(text: string): ReturnType<PatternMaker> {
  try {
    const expression = RE2JS.compile(text);
    return (told) => expression.matcher(told).find();
  } catch {
    return null;
  }
}
