/**
 * How a referral changes at the friend, who decides over it: the change, the row that tells of it, and the errand by which
 * the referrer's object hears of it. One errand at a time, so that they arrive in order; what changes meanwhile is told next.
 */
import type { Errand } from '../errand.ts';
import type { JournalKind } from '../journal.ts';
import type { JsonObject } from '../json.ts';
import type { PointsEntry } from '../ledger.ts';
import type { When } from '../loyalty/part.ts';
import type { Terms } from '../terms.ts';
import { pushRow, type Work } from '../work.ts';
import { isAlive, MOST_RECEIVED, type Received, type ReferralState, type ReferralStatus } from './state.ts';

/** The kind of the errands that referrals send. */
export const REFERRAL_ERRAND = 'referral.tell';

/** `reward`: give what was promised; `revoke`: take it back; `tell`: only know of it. */
export type ReferralAsk = 'tell' | 'reward' | 'revoke';

const NAMES: Record<ReferralStatus, string> = {
  pending: 'Referral Started',
  held: 'Referral Held',
  blocked: 'Referral Blocked',
  completed: 'Referral Completed',
  cancelled: 'Referral Cancelled',
  expired: 'Referral Expired',
};

export function nameOfStatus(status: ReferralStatus): string {
  return NAMES[status];
}

export function kindOfStatus(status: ReferralStatus): JournalKind {
  if (status === 'pending') return 'referral.started';
  return status === 'completed' ? 'referral.completed' : 'referral.changed';
}

/** What others are told of it: while the reward is under way it is pending still. */
export function publicStatus({ status }: Pick<Received, 'status'>): ReferralStatus {
  return status === 'completing' ? 'pending' : status;
}

export interface RowOfChange {
  terms: Terms;
  when: When;
  /** Absent: the status' own; null: nobody is to hear of it. */
  name?: string | null;
  key?: string | null;
  entries?: PointsEntry[];
  about?: JsonObject;
  properties?: JsonObject;
}

export function receivedOf({ head }: Pick<Work, 'head'>): readonly Received[] {
  return head.loyalty.referral?.received ?? [];
}

/** Keeps it as it stands, without a word. */
export function keep(work: Work, received: Received): void {
  const others = receivedOf(work).filter((one) => one.id !== received.id);
  const all = [...others, received].sort((a, b) => a.claimedAtMs - b.claimedAtMs);
  const referral: ReferralState = { ...work.head.loyalty.referral, received: trimmed(all) };
  work.head = { ...work.head, loyalty: { ...work.head.loyalty, referral } };
}

/** The oldest that are over go first; one whose end the referrer does not know yet stays. */
function trimmed(all: Received[]): Received[] {
  const isOver = (one: Received) => !isAlive(one) && one.telling === undefined && one.told === one.version;
  let spare = all.length - MOST_RECEIVED;
  return all.filter((one) => {
    if (spare <= 0 || !isOver(one)) return true;
    spare -= 1;
    return false;
  });
}

/** Changes it, tells of it in a row of its own, and has the referrer told. */
export function change(work: Work, before: Received, changes: Partial<Received>, row: RowOfChange): Received {
  const after = { ...before, ...changes, version: before.version + 1 };
  const status = publicStatus(after);
  const properties = { ...propertiesOf(after), ...row.properties };
  pushRow(work, {
    kind: kindOfStatus(status),
    name: row.name === undefined ? nameOfStatus(status) : row.name,
    atMs: row.when.atMs,
    recordedAtMs: row.when.nowMs,
    key: row.key ?? null,
    terms: row.terms,
    entries: row.entries ?? [],
    about: { referral: after.id, ...row.about, properties },
  });
  return tell(work, after);
}

export function propertiesOf(received: Received): JsonObject {
  const { id, code, reasons, claimedAtMs, order, flagged } = received;
  return {
    role: 'friend',
    referral_id: id,
    code,
    status: publicStatus(received),
    reason: reasons[0] ?? null,
    reasons,
    started_at: new Date(claimedAtMs).toISOString(),
    order_id: order?.id ?? null,
    ...(flagged === true ? { flagged } : {}),
  };
}

/** Sends the next word to the referrer's object, unless one is on its way. */
export function tell(work: Work, received: Received): Received {
  const isTold = received.telling === true || received.told >= received.version;
  const after: Received = isTold ? received : { ...received, telling: true };
  if (!isTold) work.errands.push(errandOf(work, after));
  keep(work, after);
  return after;
}

function errandOf({ customer }: Work, received: Received): Errand {
  const { id, version, referrer, reasons, claimedAtMs, promised } = received;
  const ask = askOf(received);
  const body: JsonObject = {
    referral: id,
    version,
    ask,
    referrer,
    friend: customer,
    status: publicStatus(received),
    reasons,
    startedAtMs: claimedAtMs,
    reward: ask === 'reward' && promised.referrer !== null ? { ...promised.referrer } : null,
    flagged: received.flagged === true,
  };
  return { op: `referral:${id}:${version}`, kind: REFERRAL_ERRAND, body };
}

function askOf({ status, granted }: Received): ReferralAsk {
  if (status === 'completing') return 'reward';
  return granted === true && status !== 'completed' ? 'revoke' : 'tell';
}
