/** Joining and leaving: what an event, the merchant or the shopper says of somebody's taking part, and what it earns. */
import type { State } from '../customer.ts';
import type { Decision } from '../decision.ts';
import { NOTHING_EARNED } from '../earning/earned.ts';
import { earnByEvent } from '../earning/event-points.ts';
import { aboutEarned, giveGifts } from '../earning/telling.ts';
import type { CustomerEvent } from '../event.ts';
import { afterDecision } from '../loyalty/parts.ts';
import type { Terms } from '../terms.ts';
import { close, open, pushRow, type Work } from '../work.ts';
import { JOINED, LEFT, nameOfChange } from './changes.ts';
import { participationOf } from './participation.ts';
import type { MemberState, Membership } from './state.ts';

export interface MembershipChange {
  op: 'membership';
  key: string;
  fingerprint: string;
  state: MemberState;
  reason: string | null;
  by: 'api' | 'hub';
}

export function decideMembership(state: State, input: MembershipChange, terms: Terms, now: number): Decision {
  const work = open(state);
  const before = standingIn(work, terms, now);
  if (input.by === 'hub' && before === 'disabled') return refused(work, input, terms, now);
  setMembership(work, input, now);
  const joins = input.state === 'member' && before !== 'member';
  const earned = joins ? earnByEvent(work, joining(now), terms) : NOTHING_EARNED;
  const { fingerprint, reason, by } = input;
  pushRow(work, {
    kind: 'member.changed',
    name: nameOfChange(before, input.state),
    atMs: now,
    recordedAtMs: now,
    key: input.key,
    terms,
    entries: earned.entries,
    about: {
      fingerprint,
      before,
      state: input.state,
      ...aboutEarned(earned),
      properties: { state: input.state, reason, by },
    },
  });
  afterDecision(work, { atMs: now, nowMs: now, event: null, entries: earned.entries }, terms);
  giveGifts(work, earned, terms, { atMs: now, nowMs: now });
  return { changes: close(work, now), refusal: null };
}

function refused(work: Work, { key, fingerprint }: MembershipChange, terms: Terms, now: number): Decision {
  const refusal = { reason: 'takes_no_part' as const };
  const about = { fingerprint, refusal };
  pushRow(work, { kind: 'points.refused', atMs: now, recordedAtMs: now, key, terms, entries: [], about });
  return { changes: close(work, now), refusal };
}

/** A trusted sender says that somebody joined or left; whoever is kept out by hand stays out. */
export function applyMembership(work: Work, { name, trust, aside }: CustomerEvent, atMs: number): void {
  if (trust !== 'server' || aside === true || (name !== JOINED && name !== LEFT)) return;
  if (work.head.loyalty.member?.state === 'disabled') return;
  setMembership(work, { state: name === JOINED ? 'member' : 'candidate', by: 'event', reason: null }, atMs);
}

/** Somebody who is what they are to be keeps the day since when. */
function setMembership(work: Work, said: Pick<Membership, 'state' | 'by'> & { reason: string | null }, atMs: number) {
  const { loyalty } = work.head;
  const { state, by, reason } = said;
  const sinceMs = loyalty.member?.state === state ? loyalty.member.sinceMs : atMs;
  const member: Membership = { state, sinceMs, by, ...(reason === null ? {} : { reason }) };
  work.head = { ...work.head, loyalty: { ...loyalty, member } };
}

function standingIn(work: Work, { programme }: Terms, nowMs: number): MemberState {
  return participationOf(work.head, programme, (segment) => work.guardedSince(segment, nowMs) !== null);
}

function joining(now: number) {
  const about = { name: JOINED, properties: {}, trust: 'server' as const, granted: [], profile: false };
  return { ...about, atMs: now, nowMs: now, countsAtMs: now };
}
