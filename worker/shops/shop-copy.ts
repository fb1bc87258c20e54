/** D1's copy of a shop, which nobody but the operator's list reads. */
import { within } from '../time/deadline.ts';
import type { ShopSnapshot } from './settings.ts';

const COPY_MS = 1_000;

/** Writes the copy, where it is not newer. Throws where D1 fails, or takes longer than a writer may wait. */
export async function writeCopy(db: D1Database, shop: ShopSnapshot): Promise<void> {
  const { name, mode, createdAtMs } = shop.settings;
  const written = db
    .prepare(
      `INSERT INTO shop (shop, name, mode, created_ms, version, settings) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET name = excluded.name, mode = excluded.mode, version = excluded.version,
         settings = excluded.settings WHERE excluded.version >= version`,
    )
    .bind(shop.id, name, mode, createdAtMs, shop.version, JSON.stringify(shop.settings))
    .run();
  await within(COPY_MS, written, () => {
    throw new Error('D1 did not answer in time');
  });
}
