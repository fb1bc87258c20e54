/** Gives a distribution's codes to those who are in its segment already, or says who they are. */
import type { Head } from '../domain/customer.ts';
import type { Distribution } from '../domain/distributions/distribution.ts';
import { byBackFill, GIVE_CODE, qualifies, type Whom } from '../domain/distributions/triggered.ts';
import type { JsonObject } from '../domain/json.ts';
import { VOUCHER_PUBLISHED } from '../domain/vouchers/held-hold.ts';
import { whomOf } from './distributing.ts';
import { bringUp, requireCurrent, runDue, type Scene } from './due.ts';

export interface DistributeCall {
  customers: string[];
  distribution: string;
}

export interface Distributed {
  /** Those who are to get a code. */
  wanting: string[];
  /** How many others it gave one already, for the membership that they are in. */
  received: number;
}

type Visit = (wanted: Distribution, whom: Whom, head: Head) => boolean;

/** Those of the customers who are to get a code; each is asked for once, however often this runs. Nobody where it is gone. */
export function distributeAll(scene: Scene, call: DistributeCall, clock: number): Distributed {
  const { batch, terms } = scene;
  return chosen(scene, { ...call, clock }, (wanted, whom, head) => {
    const errand = byBackFill(wanted, whom, terms);
    if (errand === null) return false;
    batch.add(whom.customer, { head, rows: [], lots: [], orders: [], errands: [errand] });
    return true;
  });
}

/** The same, and nothing is given. Called on trial. */
export function wouldReceive(scene: Scene, call: DistributeCall, clock: number): Distributed {
  return chosen(scene, { ...call, clock }, (wanted, whom) => qualifies(wanted, whom, scene.terms));
}

/** Whoever is there by another id, or nobody yet, is left alone. */
function chosen(scene: Scene, call: DistributeCall & { clock: number }, visit: Visit): Distributed {
  const { batch, terms } = scene;
  const { customers, distribution, clock } = call;
  const wanted = terms.distributions?.find(({ id }) => id === distribution);
  if (wanted === undefined) return { wanting: [], received: 0 };
  batch.load(customers, []);
  let received = 0;
  const wanting = customers.filter((customer) => {
    const before = batch.head(customer);
    if (before === null || before.movedTo !== null) return false;
    requireCurrent(scene, before);
    const now = Math.max(before.nowMs, clock);
    const head = bringUp(scene, customer, runDue(scene, customer, before, now), now);
    const whom = whomOf(scene, customer, head, now);
    if (!hasReceived(scene, customer, head, wanted)) return visit(wanted, whom, head);
    if (qualifies(wanted, whom, terms)) received += 1;
    return false;
  });
  return { wanting, received };
}

/** It gave a code already for the membership that they are in now, or is about to. */
function hasReceived({ store, batch }: Scene, customer: string, head: Head, { id, trigger }: Distribution): boolean {
  const sinceMs = trigger.on === 'segment' ? (head.segments[trigger.segment]?.[0] ?? null) : null;
  if (sinceMs === null) return false;
  const isOf = (body: JsonObject, key: string) => body[key] === id;
  if (store.errands.of(customer).some(({ kind, body }) => kind === GIVE_CODE && isOf(body, 'distribution')))
    return true;
  const span = { source: 'trusted' as const, afterMs: sinceMs - 1, upToMs: head.nowMs, most: null };
  const query = { name: VOUCHER_PUBLISHED, ...span, order: 'newest' as const, detailed: true };
  for (const { properties } of batch.history(customer).events(query))
    if (isOf(properties, 'distribution_id')) return true;
  return false;
}
