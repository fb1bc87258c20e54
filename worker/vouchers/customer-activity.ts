/** What happened to a customer, in Voucherify's words, the newest first: a page of the journal of the object that keeps it. */
import type { z } from '@hono/zod-openapi';
import { customersOf } from '../customers/stubs.ts';
import type { JournalRow } from '../domain/journal.ts';
import { isObject, type JsonObject, textOf } from '../domain/json.ts';
import { type ActivityName, activityName } from '../domain/vouchers/activity-name.ts';
import type { World } from '../publishing/world.ts';
import type { ActivityList, ActivityQuery } from '../wire/voucher-customers.ts';
import { VoucherError } from './errors.ts';

type Item = z.infer<typeof ActivityList>['data'][number];

/** Rows read at once, and how often at most for one page: what clients have no name for lies between. */
const ROWS = 200;
const MOST_READS = 25;

/** Newest first. `more_starting_after`: pass it as `starting_after_id`; a page may be short of its limit and have more behind it. */
export async function activityOf(
  { env, shop }: World,
  customer: string,
  query: ActivityQuery,
): Promise<{ data: Item[]; next: string | null }> {
  if (query.order === 'created_at') throw new VoucherError('invalid_query_params', 'order must be -created_at here');
  const object = customersOf(env, shop.id, customer);
  const data: Item[] = [];
  let before = placeOf(query.starting_after_id, customer);
  for (let read = 0; read < MOST_READS; read += 1) {
    const page = await object.timeline(customer, { limit: ROWS, before });
    for (const row of page.rows) {
      const item = itemOf(row, customer, query);
      if (item === null) continue;
      if (data.length === query.limit) return { data, next: data.at(-1)?.id ?? null };
      data.push(item);
    }
    if (page.next === null) return { data, next: null };
    before = page.next;
  }
  return { data, next: before === null ? null : idOf(customer, before) };
}

function idOf(customer: string, seq: number): string {
  return `evcus_${customer}_${seq}`;
}

function placeOf(id: string | undefined, customer: string): number | null {
  if (id === undefined) return null;
  const prefix = `evcus_${customer}_`;
  const seq = id.startsWith(prefix) ? Number(id.slice(prefix.length)) : Number.NaN;
  if (!Number.isSafeInteger(seq)) throw new VoucherError('invalid_query_params', 'starting_after_id is of no activity');
  return seq;
}

function itemOf(row: JournalRow, customer: string, query: ActivityQuery): Item | null {
  const named = activityName(row);
  if (named === null || !isSought(row, named, query)) return null;
  const { type, category } = named;
  const created_at = new Date(row.atMs).toISOString();
  return { id: idOf(customer, row.seq), type, category, created_at, data: dataOf(row, { customer, type }) };
}

function isSought(row: JournalRow, { type, category }: ActivityName, query: ActivityQuery): boolean {
  const { start_date, end_date, campaign_id } = query;
  return (
    (query.type === undefined || query.type === type) &&
    (query.category === undefined || query.category === category) &&
    (start_date === undefined || row.atMs >= Date.parse(start_date)) &&
    (end_date === undefined || row.atMs <= Date.parse(end_date)) &&
    (campaign_id === undefined || textOf(propertiesOf(row), 'campaign_id') === campaign_id)
  );
}

function dataOf(row: JournalRow, { customer, type }: { customer: string; type: string }): JsonObject {
  const about = { customer: { id: customer, object: 'customer' }, order_id: row.orderId };
  const properties = propertiesOf(row);
  if (type !== 'customer.custom_event') return { ...properties, ...about };
  return { ...about, custom_event: { type: row.name }, metadata: properties };
}

function propertiesOf({ about }: JournalRow): JsonObject {
  return isObject(about.properties) ? about.properties : {};
}
