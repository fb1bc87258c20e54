/** Segments and lists of a test's shop, made as the API makes them, and what an object says of a customer. */
import { env } from 'cloudflare:workers';
import type { Memberships } from '../../worker/customers/segment-reader.ts';
import { customersOf } from '../../worker/customers/stubs.ts';
import { directoryOf } from '../../worker/directory/cache.ts';
import type { Definition } from '../../worker/domain/segments/definition.ts';
import type { ListRule } from '../../worker/domain/segments/segment-set.ts';
import { changeSegment, createList, createSegment, type Writer } from '../../worker/segments/book.ts';
import { shopOf } from '../../worker/shops/cache.ts';
import { testNow } from '../../worker/shops/shop-time.ts';
import type { TestShop } from './shop.ts';

let made = 0;

export async function writerOf({ id }: TestShop): Promise<Writer> {
  const shop = await shopOf(env, id).snapshot();
  if (shop === null) throw new Error('no such shop');
  return { env, shop, who: 'test' };
}

/** Saves a segment and answers its id. */
export async function segment(shop: TestShop, definition: Definition, name = 'Segment'): Promise<string> {
  made += 1;
  const about = { name, description: '', definition, announced: false, ready: null };
  const saved = await createSegment(await writerOf(shop), `seg_${made}`, about);
  if (saved.problem !== null) throw new Error(JSON.stringify(saved.problem));
  return saved.entry.id;
}

export async function redefine(shop: TestShop, id: string, definition: Definition): Promise<void> {
  const saved = await changeSegment(await writerOf(shop), id, { definition });
  if (saved.problem !== null) throw new Error(JSON.stringify(saved.problem));
}

export async function list(shop: TestShop, rules: ListRule[] = []): Promise<string> {
  made += 1;
  const saved = await createList(await writerOf(shop), `lst_${made}`, { name: 'List', description: '', rules });
  if (saved.problem !== null) throw new Error(JSON.stringify(saved.problem));
  return saved.entry.id;
}

export async function customerOf(shop: TestShop, userId: string): Promise<string> {
  const found = await directoryOf(env, shop.id).find([{ kind: 'user', value: userId }]);
  if (found === null) throw new Error('nobody by that id');
  return found;
}

/** Holds one customer against whatever is new, as the job does. */
export async function bringUp(shop: TestShop, userId: string) {
  const { shop: snapshot } = await writerOf(shop);
  const customer = await customerOf(shop, userId);
  const about = { shop: shop.id, version: snapshot.version, clockMs: await testNow(env, snapshot) };
  return customersOf(env, shop.id, customer).bringUp({ ...about, customers: [customer] });
}

export async function memberships(shop: TestShop, userId: string): Promise<Memberships> {
  const { shop: snapshot } = await writerOf(shop);
  const customer = await customerOf(shop, userId);
  const about = { shop: shop.id, version: snapshot.version, clockMs: await testNow(env, snapshot) };
  const found = await customersOf(env, shop.id, customer).memberships({ ...about, customer });
  if (found === null || found.moved !== null) throw new Error('nobody there');
  return found;
}

export async function segmentIds(shop: TestShop, userId: string): Promise<string[]> {
  return (await memberships(shop, userId)).segments.map(({ id }) => id);
}

interface Told extends Record<string, unknown> {
  kind: string;
  atMs: number;
  recordedAtMs: number;
}

/** What the journal says of segments, the oldest first. */
export async function transitions(shop: TestShop, userId: string) {
  const customer = await customerOf(shop, userId);
  const { rows } = await customersOf(env, shop.id, customer).timeline(customer, { limit: 200, before: null });
  return rows
    .filter(({ kind }) => kind === 'segment.entered' || kind === 'segment.left')
    .map(({ kind, atMs, recordedAtMs, about }): Told => ({ kind, atMs, recordedAtMs, ...about }))
    .reverse();
}

/** A count of events in a window, as a condition. */
export function did(
  metric_id: string,
  operator: 'greater-than-or-equal' | 'equals' | 'less-than',
  value: number,
  hours: number | null = null,
) {
  return {
    type: 'profile-metric' as const,
    metric_id,
    measurement: 'count' as const,
    measurement_filter: { type: 'numeric' as const, operator, value },
    timeframe_filter:
      hours === null
        ? { type: 'date' as const, operator: 'alltime' as const }
        : { type: 'date' as const, operator: 'in-the-last' as const, unit: 'hour' as const, quantity: hours },
  };
}

export function all(...conditions: Definition['condition_groups'][number]['conditions']): Definition {
  return { condition_groups: conditions.map((condition) => ({ conditions: [condition] })) };
}
