/** What deliveries of one customer are about: rows from their journal, and who they are as of now. */
import { customersOf } from '../customers/stubs.ts';
import { directoryOf } from '../directory/cache.ts';
import { toldBy } from '../domain/connections/told.ts';
import { ERASED } from '../domain/customer.ts';
import type { Env } from '../env.ts';
import type { Delivery } from './delivery-store.ts';
import type { ToldEvent } from './webhook.ts';

const MOST_NAMES = 20;

/** The event of each delivery, in order; null: it is no more. Throws where an object does not answer. */
export async function readTold(env: Env, shop: string, deliveries: Delivery[]): Promise<(ToldEvent | null)[]> {
  const [first] = deliveries;
  if (first === undefined) return [];
  const directory = directoryOf(env, shop);
  const seqs = [...new Set(deliveries.map(({ seq }) => seq))];
  // whoever moved keeps the rows; who they are, the other one knows
  const [rows, now] = await Promise.all([
    customersOf(env, shop, first.customer).journalRows(first.customer, seqs),
    directory.current(first.customer),
  ]);
  const id = now === null || now === ERASED ? first.customer : now;
  const addressee = { id, names: await directory.names(id, MOST_NAMES) };
  const bySeq = new Map(rows.map((row) => [row.seq, row]));
  return deliveries.map((pointer) => {
    const row = bySeq.get(pointer.seq);
    const effect = row === undefined ? undefined : toldBy(row).find((one) => one.effect === pointer.effect);
    return row === undefined || effect === undefined ? null : { pointer, row, effect, addressee };
  });
}
