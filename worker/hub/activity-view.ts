/** From journal rows to the shopper's points history. A row may hold several entries, so pages count entries, not rows. */
import { z } from '@hono/zod-openapi';
import { BASE_RULE } from '../domain/earning/programme.ts';
import type { JournalRow } from '../domain/journal.ts';
import { isObject, textOf } from '../domain/json.ts';
import type { PointsEntry } from '../domain/ledger.ts';
import type { Order } from '../domain/order.ts';
import { toCursor } from '../wire/cursor.ts';
import type { Activity, ActivityPage } from '../wire/hub.ts';

/** The last entry that was shown: its row, and its place there. */
export const ActivityPlace = z.strictObject({ seq: z.int().min(1), entry: z.int().min(0) });
export type ActivityPlace = z.infer<typeof ActivityPlace>;

/** Entries newest first: within a row, the last one is where the row left the balance. */
export function activityOf(rows: readonly JournalRow[], orders: readonly Order[]): Activity[] {
  const names = new Map(orders.map((order) => [order.orderId, order.snapshot?.name ?? null]));
  return rows.flatMap((row) =>
    row.entries
      .flatMap((entry, place): Activity[] => {
        const { kind, points, balanceAfter, orderId, reason } = entry;
        // paying one's own debt is no news to a shopper, and moves no balance
        if (kind === 'settled') return [];
        return [
          {
            id: `${row.seq}.${place}`,
            atMs: row.atMs,
            kind,
            points,
            balanceAfter,
            orderName: orderId === null ? null : (names.get(orderId) ?? null),
            title: titleOf(row, entry),
            occasion: occasionOf(row),
            reason: kind === 'adjusted' ? reason : null,
          },
        ];
      })
      .reverse(),
  );
}

/** What the merchant called it then. An order is told by its own name, not by that of the base rate. */
function titleOf({ kind, about }: JournalRow, { kind: of, rule, reason }: PointsEntry): string | null {
  if (rule !== undefined) return rule.id === BASE_RULE ? null : rule.name;
  // the reward that was bought, and the tier that was entered
  if (of === 'spent' || (of === 'earned' && kind === 'tier.changed')) return reason;
  return of === 'restored' && isObject(about.properties) ? textOf(about.properties, 'reward_name') : null;
}

/** What no merchant gave a name. */
function occasionOf({ kind }: JournalRow): Activity['occasion'] {
  switch (kind) {
    case 'birthday.rewarded':
      return 'birthday';
    case 'referral.started':
    case 'referral.changed':
    case 'referral.completed':
      return 'referral';
    default:
      return null;
  }
}

/** Where rows are read from: the row of the last shown entry again, where it has entries left. */
export function rowsBefore(after: ActivityPlace): number {
  return after.entry > 0 ? after.seq + 1 : after.seq;
}

/** A page out of at least `limit + 1` rows, where there are as many. */
export function activityPage(items: Activity[], limit: number, after: ActivityPlace | null): ActivityPage {
  const left = after === null ? items : items.filter((item) => isOlder(placeOf(item), after));
  const page = left.slice(0, limit);
  const last = page.at(-1);
  return { items: page, nextCursor: last !== undefined && left.length > limit ? toCursor(placeOf(last)) : null };
}

function placeOf({ id }: Activity): ActivityPlace {
  const [seq = 0, entry = 0] = id.split('.').map(Number);
  return { seq, entry };
}

function isOlder(place: ActivityPlace, than: ActivityPlace): boolean {
  return place.seq < than.seq || (place.seq === than.seq && place.entry < than.entry);
}
