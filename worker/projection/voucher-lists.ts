/** The lists of vouchers and campaigns, read from D1's copies: narrowed, in an order, a page at a time. */
import { type SQL, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { type Fields, type Filters, filtered } from './filters.ts';
import { inTime } from './in-time.ts';

/** Rows behind these are on no page; so many are counted. */
export const MOST_LISTED = 100_000;

export interface ListQuery {
  shop: string;
  /** All of what the list is narrowed by, and what the client put together. */
  must: Filters;
  filters: Filters;
  order: string;
  descending: boolean;
  limit: number;
  offset: number;
}

export interface Listed<Row> {
  rows: Row[];
  /** At most `MOST_LISTED`. */
  total: number;
}

/** `body` null: nothing ever happened to it, and it is as its campaign says; `campaign`: JSON of its record. */
export interface VoucherRow {
  voucher: string;
  code: string;
  createdMs: number;
  body: string | null;
  campaign: string | null;
}

const ofBody = (path: string, ofCampaign: SQL) =>
  sql`CASE WHEN v.body IS NULL THEN ${ofCampaign} ELSE v.body ->> ${sql.raw(`'${path}'`)} END`;

const VOUCHER_FIELDS: Fields = {
  named: {
    id: sql`v.voucher`,
    code: sql`v.code_key`,
    campaign: sql`c.name`,
    campaign_id: sql`v.campaign`,
    category: ofBody('$.category', sql`c.body ->> '$.campaign.category'`),
    type: ofBody('$.benefit.kind', sql`c.benefit`),
    active: ofBody('$.active', sql`1`),
    holder_id: sql`v.holder`,
    created_at: sql`v.created_ms`,
    updated_at: sql`v.updated_ms`,
    start_date: ofBody('$.startsAtMs', sql`c.body ->> '$.campaign.startsAtMs'`),
    expiration_date: ofBody('$.endsAtMs', sql`c.body ->> '$.campaign.endsAtMs'`),
  },
  metadata: sql`CASE WHEN v.body IS NULL THEN c.body -> '$.campaign.metadata' ELSE v.body -> '$.metadata' END`,
};

const VOUCHER_COLUMNS = sql`v.voucher AS voucher, v.code AS code, v.created_ms AS "createdMs", v.body AS body,
  c.body AS campaign`;
const VOUCHERS = sql`FROM voucher v LEFT JOIN campaign c ON c.shop = v.shop AND c.campaign = v.campaign`;

/** Those that are somebody's, or could be: not what was taken away, nor codes of campaigns that were. */
export function listVouchers(db: D1Database, query: ListQuery): Promise<Listed<VoucherRow>> {
  const columns = VOUCHER_COLUMNS;
  const there = sql`v.shop = ${query.shop} AND v.gone = 0 AND coalesce(c.deleted, 0) = 0
    AND (v.body IS NOT NULL OR c.body IS NOT NULL)`;
  return listed(db, query, { columns, from: VOUCHERS, there, fields: VOUCHER_FIELDS, last: sql`v.voucher` });
}

/** Of these codes in their normal form, in any order, those that were taken away among them. */
export function vouchersByKey(db: D1Database, shop: string, keys: string[]): Promise<VoucherRow[]> {
  const wanted = sql`SELECT ${VOUCHER_COLUMNS} ${VOUCHERS}
    WHERE v.shop = ${shop} AND v.code_key IN (SELECT value FROM json_each(${JSON.stringify(keys)}))`;
  return inTime(drizzle(db).all<VoucherRow>(wanted));
}

const CAMPAIGN_FIELDS: Fields = {
  named: {
    id: sql`c.campaign`,
    name: sql`c.name`,
    campaign_type: sql`c.benefit`,
    type: sql`c.kind`,
    active: sql`c.active`,
    category: sql`c.body ->> '$.campaign.category'`,
    created_at: sql`c.created_ms`,
    updated_at: sql`c.updated_ms`,
    start_date: sql`c.body ->> '$.campaign.startsAtMs'`,
    expiration_date: sql`c.body ->> '$.campaign.endsAtMs'`,
  },
  metadata: sql`c.body -> '$.campaign.metadata'`,
};

/** `body`: JSON of its record. */
export function listCampaigns(db: D1Database, query: ListQuery): Promise<Listed<{ body: string }>> {
  const there = sql`c.shop = ${query.shop} AND c.deleted = 0`;
  const about = { columns: sql`c.body AS body`, from: sql`FROM campaign c`, there };
  return listed(db, query, { ...about, fields: CAMPAIGN_FIELDS, last: sql`c.campaign` });
}

export interface ListOf {
  columns: SQL;
  from: SQL;
  there: SQL;
  fields: Fields;
  /** Tells rows apart that are the same by the order. */
  last: SQL;
}

export async function listed<Row>(db: D1Database, query: ListQuery, of: ListOf): Promise<Listed<Row>> {
  const { must, filters, order, descending, limit, offset } = query;
  const conditions = [of.there, filtered(must, of.fields), filtered(filters, of.fields)].filter(
    (one) => one !== undefined,
  );
  const where = sql`WHERE ${sql.join(conditions, sql` AND `)}`;
  const direction = descending ? sql`DESC` : sql`ASC`;
  const by = sql`ORDER BY ${of.fields.named[order] ?? of.last} ${direction}, ${of.last} ${direction}`;
  const page = sql`SELECT ${of.columns} ${of.from} ${where} ${by} LIMIT ${limit} OFFSET ${offset}`;
  const count = sql`SELECT COUNT(*) AS total FROM (SELECT 1 ${of.from} ${where} LIMIT ${MOST_LISTED})`;
  const copies = drizzle(db);
  const [rows, [counted]] = await inTime(Promise.all([copies.all<Row>(page), copies.all<{ total: number }>(count)]));
  return { rows, total: Number(counted?.total ?? 0) };
}
