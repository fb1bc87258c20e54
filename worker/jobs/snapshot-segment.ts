/** Puts everybody who is in a segment as of now on a list. Who is on it already stays there since they were. */
import { z } from 'zod';
import { customersOf } from '../customers/stubs.ts';
import type { CustomerEvent } from '../domain/event.ts';
import { inParallel, operate } from '../routing/follow.ts';
import { shopOf } from '../shops/cache.ts';
import { receiptOf } from '../shops/shop-time.ts';
import { eachObject } from './customer-pages.ts';
import { Place, segmentCall, walk } from './customer-walk.ts';
import { jobKind, type StepOutcome } from './kind.ts';

export const SNAPSHOT_SEGMENT = 'snapshot_segment';

const Cursor = Place.extend({ added: z.int() });
type Cursor = z.infer<typeof Cursor>;

export const snapshotSegment = jobKind({
  input: z.strictObject({ segment: z.string(), list: z.string() }),
  cursor: Cursor,
  resumable: true,
  step: async (call): Promise<StepOutcome<Cursor>> => {
    const { env, shop, cursor, input, job } = call;
    const snapshot = await shopOf(env, shop).snapshot();
    if (snapshot === null) throw new Error('no such shop');
    const about = await segmentCall(call);
    const { receivedAtMs } = await receiptOf(env, snapshot);
    let added = cursor?.added ?? 0;
    const from = cursor === null ? null : Place.strip().parse(cursor);
    const walked = await walk(call, { from, rate: null }, async (customers) => {
      const groups = await eachObject(
        customers,
        (customer) => customer,
        (customer, own) =>
          customersOf(env, shop, customer).membersOf({ ...about, customers: own, group: input.segment }),
      );
      const members = groups.flat();
      await inParallel(members, async (customer) => {
        const event = eventOf({ ...input, job }, receivedAtMs);
        const { answer } = await operate(env, snapshot, { customer, input: { kind: 'event', event }, waitMs: 0 });
        if (answer.verdict === 'failed') throw new Error('a member was not put on the list');
      });
      added += members.length;
    });
    const { place, ended } = walked;
    const progress = { done: place.done, total: place.total };
    if (ended) return { state: 'done', progress, result: { customers: place.done, members: added } };
    return { state: 'going', progress, cursor: { ...place, added } };
  },
});

/** One for each customer and job: a step that is repeated adds nobody twice. */
function eventOf({ job, segment, list }: { job: string; segment: string; list: string }, now: number): CustomerEvent {
  return {
    key: `snapshot:${job}`,
    source: 'api',
    trust: 'server',
    name: 'Subscribed to List',
    occurredAtMs: now,
    receivedAtMs: now,
    properties: { list, segment },
    traits: null,
    fact: null,
    lists: [{ list, change: 'added', sinceMs: null }],
  };
}
