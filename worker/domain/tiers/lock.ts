/** A tier that is set by hand: the customer is in it, and nothing moves them before its end. Nothing is given for it. */
import type { State } from '../customer.ts';
import type { Decision } from '../decision.ts';
import type { JsonObject } from '../json.ts';
import { afterDecision } from '../loyalty/parts.ts';
import type { Refusal } from '../refusal.ts';
import type { Terms } from '../terms.ts';
import { close, open, pushRow, type Work } from '../work.ts';
import { rankOf, tierAt } from './ladder.ts';
import type { TierProgramme } from './programme.ts';
import { fromProperties, standingProperties } from './standing.ts';
import type { TierState } from './state.ts';
import { releaseLock, stateNow } from './tiers-part.ts';

export interface TierLock {
  op: 'lock_tier';
  key: string;
  fingerprint: string;
  /** A tier's id; null: none. */
  tier: string | null;
  /** The first instant at which the customer moves by themselves again; null: never. */
  untilMs: number | null;
  reason: string;
}

export interface TierRelease {
  op: 'release_tier';
  key: string;
  fingerprint: string;
  reason: string;
}

export function decideTierLock(state: State, input: TierLock, terms: Terms, now: number): Decision {
  const work = open(state);
  const rules = terms.programme.tiers;
  const refusal = refusalOf(rules, input);
  const { fingerprint, tier, untilMs, reason } = input;
  const about = { fingerprint, tier, untilMs, reason, cause: 'hand' };
  if (rules === undefined || refusal !== null) {
    const refused = { ...about, ...(refusal === null ? {} : { refusal: { ...refusal } }) };
    pushOwnRow(work, { kind: 'tier.refused', name: null, about: refused }, input, terms, now);
    return { changes: close(work, now), refusal };
  }
  const from = work.head.loyalty.tier?.id ?? null;
  const locked = lockedState(work, rules, input, terms, now);
  work.head = { ...work.head, loyalty: { ...work.head.loyalty, tier: locked } };
  const counting = { rules, timeZone: terms.segments.manner.timeZone };
  const properties = { ...fromProperties(rules, from), ...standingProperties(locked, counting, now, terms.currency) };
  const name = nameOf(rules, from, tier);
  pushOwnRow(work, { kind: 'tier.changed', name, about: { ...about, properties } }, input, terms, now);
  afterDecision(work, { atMs: now, nowMs: now, event: null, entries: [] }, terms);
  return { changes: close(work, now), refusal: null };
}

/** Lets the customer move by themselves again, at once. */
export function decideTierRelease(state: State, input: TierRelease, terms: Terms, now: number): Decision {
  const work = open(state);
  const { fingerprint, reason } = input;
  const about = { fingerprint, reason, cause: 'hand', released: true };
  pushOwnRow(work, { kind: 'tier.changed', name: null, about }, input, terms, now);
  releaseLock(work, { atMs: now, nowMs: now }, terms);
  afterDecision(work, { atMs: now, nowMs: now, event: null, entries: [] }, terms);
  return { changes: close(work, now), refusal: null };
}

function refusalOf(rules: TierProgramme | undefined, { tier }: TierLock): Refusal | null {
  if (rules !== undefined && (tier === null || rankOf(rules, tier) >= 0)) return null;
  return { reason: 'unknown_tier', tier };
}

function lockedState(
  work: Work,
  rules: TierProgramme,
  { tier, untilMs }: TierLock,
  terms: Terms,
  now: number,
): TierState {
  const { id, threshold, sinceMs, lock, ...rest } = stateNow(work, terms, now);
  const held = lock?.own ?? {
    ...(id === undefined ? {} : { id }),
    ...(threshold === undefined ? {} : { threshold }),
    ...(sinceMs === undefined ? {} : { sinceMs }),
  };
  const wanted = tierAt(rules, rankOf(rules, tier));
  const within = wanted === null ? {} : { id: wanted.id, threshold: wanted.threshold, sinceMs: now };
  return { ...rest, ...within, lock: { untilMs, own: held } };
}

function nameOf(rules: TierProgramme, from: string | null, to: string | null): string | null {
  if (from === to) return null;
  return rankOf(rules, to) > rankOf(rules, from) ? 'VIP Tier Achieved' : 'VIP Tier Lost';
}

interface OwnRow {
  kind: 'tier.changed' | 'tier.refused';
  about: JsonObject;
  name: string | null;
}

function pushOwnRow(work: Work, row: OwnRow, { key }: { key: string }, terms: Terms, now: number): void {
  pushRow(work, { ...row, atMs: now, recordedAtMs: now, key, terms, entries: [] });
}
