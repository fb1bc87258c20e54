/** The product held against the model: what it says now, and that it knows every later instant at which that changes. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { type Compiled, compile } from '../../../worker/domain/segments/compile.ts';
import type { Definition } from '../../../worker/domain/segments/definition.ts';
import { evaluate } from '../../../worker/domain/segments/evaluate.ts';
import type { PatternMaker } from '../../../worker/domain/segments/values.ts';
import { definition } from './arbitrary.ts';
import { type Situation, situation } from './arbitrary-life.ts';
import { DAY } from './instants.ts';
import { factsOf } from './life-history.ts';
import { naiveHolds } from './naive.ts';
import { probesOf } from './probes.ts';

/** As RE2 reads them, as far as the tests' patterns go: `(?i)` at the front is the only flag. */
export const pattern: PatternMaker = (text) => {
  const [, folds, expression = ''] = /^(\(\?i\))?(.*)$/s.exec(text) ?? [];
  try {
    const made = new RegExp(expression, folds === undefined ? '' : 'i');
    return (told) => made.test(told);
  } catch {
    return null;
  }
};

export function compiled(definition: Definition): Compiled {
  const made = compile(definition, pattern);
  if ('flaws' in made) throw new Error(`refused: ${JSON.stringify(made.flaws)}`);
  return made;
}

const MOST_STEPS = 12;
const MOST_PROBES = 40;
const HORIZON = 900 * DAY;

export interface Held {
  /** What the model said now. */
  holds: boolean;
  /** How often it changed its mind up to the horizon. */
  flips: number;
  /** How often the product was to look again for nothing. */
  vain: number;
}

/** Expects both to agree now, at every flip, and at the probes in between; `spread` chooses which probes of many. */
export function holdAgainst(definition: Definition, situation: Situation, spread: number): Held {
  const { life, shop } = situation;
  const ready = compiled(definition);
  const facts = factsOf(life, situation.nowMs);
  const manner = { ...shop, pattern };
  const model = (atMs: number) => naiveHolds(definition, life, atMs, shop);
  const untilMs = situation.nowMs + HORIZON;
  const zone = definition.klaviyo ? 'UTC' : shop.timeZone;
  const probes = thinned(probesOf(definition, life, zone, { nowMs: situation.nowMs, untilMs }), spread);
  const held: Held = { holds: model(situation.nowMs), flips: 0, vain: 0 };
  let before: boolean | null = null;
  let atMs = situation.nowMs;
  for (let step = 0; step < MOST_STEPS && atMs <= untilMs; step += 1) {
    const { holds, nextMs } = evaluate(ready, facts, manner, atMs);
    expect({ atMs: shown(atMs), holds }).toEqual({ atMs: shown(atMs), holds: model(atMs) });
    if (before !== null) held[before === holds ? 'vain' : 'flips'] += 1;
    expect(nextMs).toBeGreaterThan(atMs);
    const expiryMs = facts.history.nextExpiry(atMs)?.atMs ?? Number.POSITIVE_INFINITY;
    // points run out by an input of their own, which asks again
    const endMs = Math.min(nextMs, expiryMs);
    for (const probe of [...probes, endMs - 1, atMs + 1]) {
      if (probe <= atMs || probe >= endMs || probe > untilMs) continue;
      if (model(probe) !== holds)
        expect(`turned over by ${shown(probe)}`).toBe(`${holds} from ${shown(atMs)} to ${shown(endMs)}`);
    }
    before = endMs === nextMs ? holds : null;
    atMs = endMs;
  }
  return held;
}

/** So many definitions and lives at random, held against each other; how many of them held, turned over, or woke in vain. */
export function holdAgainstMany(runs: number): { holding: number; flipping: number; vain: number } {
  const seen = { holding: 0, flipping: 0, vain: 0 };
  fc.assert(
    fc.property(definition, situation, fc.nat(1000), (asked, lived, spread) => {
      const { holds, flips, vain } = holdAgainst(asked, lived, spread);
      seen.holding += holds ? 1 : 0;
      seen.flipping += flips > 0 ? 1 : 0;
      seen.vain += vain;
    }),
    { numRuns: runs },
  );
  return seen;
}

function thinned(probes: readonly number[], spread: number): number[] {
  const every = Math.max(1, Math.ceil(probes.length / MOST_PROBES));
  return probes.filter((_, at) => (at + spread) % every === 0);
}

function shown(atMs: number): string {
  return Number.isFinite(atMs) ? new Date(atMs).toISOString() : 'for ever';
}
