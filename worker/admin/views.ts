/** From stored values to the admin API's shapes. */
import type { z } from '@hono/zod-openapi';
import type { Standing } from '../customers/reader.ts';
import type { Identifier } from '../domain/event.ts';
import type { JournalRow } from '../domain/journal.ts';
import { isObject, textOf } from '../domain/json.ts';
import { NEVER } from '../domain/ledger.ts';
import { carriedFrom } from '../domain/merge.ts';
import { groupProperties } from '../domain/segments/told.ts';
import type { ProfileRow } from '../projection/queries.ts';
import { orderSourceOf, type ShopSnapshot, type StoredKey, type StoredSecret } from '../shops/settings.ts';
import type * as wire from '../wire/admin.ts';
import type * as people from '../wire/customers.ts';
import { consentSteps, consentViews } from './consent-views.ts';

const DAY_MS = 86_400_000;

export function shopView(shop: ShopSnapshot): z.infer<typeof wire.Shop> {
  const { settings } = shop;
  return {
    id: shop.id,
    version: shop.version,
    name: settings.name,
    currency: settings.currency,
    timeZone: settings.timeZone,
    locale: settings.locale,
    mode: settings.mode,
    layout: settings.layout,
    origins: settings.origins,
    links: { ...settings.links, applyCode: settings.links.applyCode ?? null },
    orderSource: orderSourceOf(shop),
    shopify: settings.shopify && {
      domain: settings.shopify.domain,
      uninstalledAtMs: settings.shopify.uninstalledAtMs ?? null,
    },
    ingestPerSecond: settings.ingestPerSecond,
    createdAtMs: settings.createdAtMs,
  };
}

export function keyView(key: StoredKey): z.infer<typeof wire.Key> {
  const { id, kind, hint, scopes, createdAtMs, endsAtMs } = key;
  return { id, kind, hint, scopes, createdAtMs, endsAtMs };
}

export function identityKeyView(secret: StoredSecret): z.infer<typeof wire.IdentityKey> {
  return {
    id: secret.name.slice('identity:'.length),
    algorithm: secret.about.algorithm ?? 'HS256',
    createdAtMs: secret.createdAtMs,
    endsAtMs: secret.endsAtMs,
  };
}

export function summaryView(row: ProfileRow): z.infer<typeof people.CustomerSummary> {
  return {
    id: row.customer,
    userId: row.userId,
    email: row.email,
    name: row.name,
    balance: row.balance,
    debt: row.debt,
    lifetime: row.lifetime,
    orders: row.orders,
    firstSeenMs: row.firstSeenMs,
    lastSeenDay: new Date(row.lastSeenDay * DAY_MS).toISOString().slice(0, 10),
  };
}

export interface Names {
  id: string;
  identifiers: Identifier[];
  formerIds: string[];
}

export function customerView(names: Names, standing: Standing): z.infer<typeof people.Customer> {
  const { balance, debt, lifetime, loyalty, nextExpiry } = standing;
  return {
    ...names,
    traits: standing.traits,
    consents: consentViews(standing.consents),
    points: { balance, debt, usable: balance + debt, pending: loyalty.pending ?? 0, lifetime, nextExpiry },
    orders: standing.orderCount,
    firstSeenMs: standing.firstSeenMs,
    lastSeenMs: standing.lastSeenMs,
    seq: standing.seq,
  };
}

/** A journal row's ledger entries, newest first: the last one is where the row left the balance. */
export function entryViews(row: JournalRow): z.infer<typeof people.PointsEntry>[] {
  return row.entries
    .map((entry, at) => ({
      id: `${row.seq}.${at}`,
      kind: entry.kind,
      points: entry.points,
      balanceAfter: entry.balanceAfter,
      debtChange: entry.debt,
      lots: entry.lots.map((lot) => ({
        ...lot,
        expiresAtMs: lot.expiresAtMs === NEVER ? null : lot.expiresAtMs,
      })),
      orderId: entry.orderId,
      reason: entry.reason,
      rule: entry.rule ?? null,
      note: textOf(row.about, 'note'),
      atMs: row.atMs,
      recordedAtMs: row.recordedAtMs,
      seq: row.seq,
      programmeVersion: row.programmeVersion,
    }))
    .reverse();
}

export function timelineView(row: JournalRow): z.infer<typeof people.TimelineEntry> {
  const { properties } = row.about;
  return {
    seq: row.seq,
    kind: row.kind,
    name: row.name,
    atMs: row.atMs,
    recordedAtMs: row.recordedAtMs,
    orderId: row.orderId,
    source: textOf(row.about, 'source'),
    trust: textOf(row.about, 'trust'),
    properties: groupProperties(row) ?? (isObject(properties) ? properties : {}),
    consents: consentSteps(row.about.consents),
    points: row.entries.reduce((sum, entry) => sum + entry.points, 0),
    backfill: row.about.backfill === true,
    carriedFrom: carriedFrom(row)?.customer ?? null,
  };
}
