/** Points as rows of a file: balances, lots, the journal, opening balances. Ids are texts, times ISO 8601, amounts whole numbers. */
import type { Holding } from '../customers/ledger-reader.ts';
import type { StoredOpening } from '../directory/opening-store.ts';
import type { Identifier, IdentifierKind } from '../domain/event.ts';
import type { Json } from '../domain/json.ts';
import { NEVER, type PointsEntry } from '../domain/ledger.ts';
import type { Holder, MovedRow } from '../jobs/ledger-pages.ts';
import type { FileRow } from './row-file.ts';

const NAMES = ['user_id', 'email', 'phone', 'shopify_id'];

export const BALANCE_COLUMNS = [
  'customer',
  ...NAMES,
  'balance',
  'pending',
  'owed',
  'lifetime',
  'next_expiry_points',
  'next_expires_at',
  'first_seen',
];

export function balanceRows(page: Holder[]): FileRow[] {
  return page.filter(isWorthTelling).map(({ names, holding }): FileRow => {
    const { customer, balance, debt, lifetime, nextExpiry, pending, firstSeenMs } = holding;
    return {
      customer,
      ...named(names),
      balance,
      pending: pending.reduce((sum, { points }) => sum + points, 0),
      owed: debt,
      lifetime,
      next_expiry_points: nextExpiry?.points ?? null,
      next_expires_at: nextExpiry === null ? null : timeOf(nextExpiry.atMs),
      first_seen: timeOf(firstSeenMs),
    };
  });
}

/** Whom nobody can name and who holds nothing is a browser that came by. */
function isWorthTelling({ holding: { known, balance, debt, lifetime, pending } }: Holder): boolean {
  return known || balance !== 0 || debt > 0 || lifetime !== 0 || pending.length > 0;
}

/** As an import of points reads them. */
export const LOT_COLUMNS = ['customer', ...NAMES, 'points', 'expires_at', 'available_at'];

export function lotRows(page: Holder[]): FileRow[] {
  return page.flatMap(({ names, holding }) => {
    const who = { customer: holding.customer, ...named(names) };
    return partsOf(holding).map((part): FileRow => ({ ...who, ...part }));
  });
}

/** Open lots in spending order, then what is not spendable yet, then what is owed. */
function partsOf({ lots, pending, debt }: Holding): FileRow[] {
  const open = lots.map(({ remaining, expiresAtMs }) => ({
    points: remaining,
    expires_at: expiresAtMs === NEVER ? 'never' : timeOf(expiresAtMs),
    available_at: null,
  }));
  const waiting = pending.map(({ points, releasesAtMs }) => ({
    points,
    expires_at: null,
    available_at: releasesAtMs === NEVER ? 'unknown' : timeOf(releasesAtMs),
  }));
  const owed = debt > 0 ? [{ points: -debt, expires_at: null, available_at: null }] : [];
  return [...open, ...waiting, ...owed];
}

export const LEDGER_COLUMNS = [
  'id',
  'customer',
  'customer_now',
  'at',
  'recorded_at',
  'kind',
  'points',
  'balance_after',
  'owed_change',
  'order_id',
  'event',
  'rule',
  'reason',
  'note',
  'import',
  'programme_version',
  'lots',
];

export function ledgerRows(page: MovedRow[]): FileRow[] {
  return page.flatMap((row) =>
    row.entries.map(
      (entry, place): FileRow => ({
        id: `${row.customer}.${row.seq}.${place}`,
        customer: row.customer,
        customer_now: row.now,
        at: timeOf(row.atMs),
        recorded_at: timeOf(row.recordedAtMs),
        ...movement(entry),
        event: row.name,
        rule: entry.rule?.name ?? null,
        reason: entry.reason,
        note: row.note,
        import: row.import,
        programme_version: row.programmeVersion,
        lots: lotsOf(entry),
      }),
    ),
  );
}

function movement({ kind, points, balanceAfter, debt, orderId }: PointsEntry): FileRow {
  return { kind, points, balance_after: balanceAfter, owed_change: debt, order_id: orderId };
}

function lotsOf({ lots }: PointsEntry): Json {
  return lots.map(({ lot, points, expiresAtMs }) => {
    return { lot: String(lot), points, expires_at: expiresAtMs === NEVER ? 'never' : timeOf(expiresAtMs) };
  });
}

export const OPENING_COLUMNS = [
  ...NAMES,
  'external',
  'points',
  'expires_at',
  'reason',
  'note',
  'id',
  'import',
  'kept_at',
];

export function openingRows(page: (StoredOpening & { names: Identifier[] })[]): FileRow[] {
  return page.map(
    ({ id, names, points, expiresAtMs, reason, note, from, atMs }): FileRow => ({
      ...named(names),
      external: firstOf(names, 'external'),
      points,
      expires_at: expiresAtMs === null ? null : expiresAtMs === NEVER ? 'never' : timeOf(expiresAtMs),
      ...{ reason, note, id, import: from },
      kept_at: timeOf(atMs),
    }),
  );
}

/** The first of each kind: an import needs one that is right. */
function named(names: Identifier[]): FileRow {
  return {
    user_id: firstOf(names, 'user'),
    email: firstOf(names, 'email'),
    phone: firstOf(names, 'phone'),
    shopify_id: firstOf(names, 'shopify'),
  };
}

function firstOf(names: Identifier[], kind: IdentifierKind): string | null {
  return names.find((name) => name.kind === kind)?.value ?? null;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
