/** The lists of what was done with vouchers, read from D1's copies: redemptions with rollbacks, and publications. */
import { type SQL, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { type Fields, filtered } from './filters.ts';
import { inTime } from './in-time.ts';
import { type Listed, type ListQuery, listed, MOST_LISTED } from './voucher-lists.ts';

/** `kind`: what `body` is the JSON of. */
export interface UseRow {
  kind: 'redemption' | 'rollback';
  body: string;
  /** The voucher's row: JSON as its owner keeps it, and of its campaign; null: it is as its campaign says. */
  voucher: string | null;
  campaign: string | null;
}

type Table = 'redemption' | 'rollback';

/** The id's column has the table's name. */
function fieldsOf(table: Table): Fields {
  const isRedemption = table === 'redemption';
  return {
    named: {
      id: idOf(table),
      created_at: sql`u.at_ms`,
      campaign_id: sql`u.campaign`,
      campaign_name: sql`c.name`,
      customer_id: sql`u.customer`,
      voucher_code: sql`v.code_key`,
      voucher_id: sql`u.voucher`,
      result: isRedemption ? sql`u.failed` : sql`0`,
      failure_code: isRedemption ? sql`u.body ->> '$.failure.key'` : sql`NULL`,
      object: sql`${table}`,
    },
    metadata: isRedemption ? sql`u.body -> '$.metadata'` : sql`'{}'`,
  };
}

function idOf(table: Table): SQL {
  return table === 'redemption' ? sql`u.redemption` : sql`u.rollback`;
}

/** Rows of one of both tables that the list has; `u`: of the table. */
function matching(table: Table, { shop, must, filters }: ListQuery): SQL {
  const fields = fieldsOf(table);
  const conditions = [sql`u.shop = ${shop}`, filtered(must, fields), filtered(filters, fields)];
  const where = sql.join(
    conditions.filter((one) => one !== undefined),
    sql` AND `,
  );
  return sql`FROM ${sql.raw(table)} u LEFT JOIN voucher v ON v.shop = u.shop AND v.voucher = u.voucher
    LEFT JOIN campaign c ON c.shop = u.shop AND c.campaign = u.campaign WHERE ${where}`;
}

/** Both by time, each read no further than the page: the tables lie in that order. */
export async function listUses(db: D1Database, query: ListQuery): Promise<Listed<UseRow>> {
  const { limit, offset, order, descending } = query;
  const direction = descending ? sql`DESC` : sql`ASC`;
  const pageOf = (table: Table) => {
    const by =
      order === 'id' ? sql`${idOf(table)} ${direction}` : sql`u.at_ms ${direction}, ${idOf(table)} ${direction}`;
    return sql`SELECT * FROM (SELECT ${table} AS kind, u.at_ms AS at_ms, ${idOf(table)} AS id, u.body AS body,
      v.body AS voucher, c.body AS campaign ${matching(table, query)} ORDER BY ${by} LIMIT ${offset + limit})`;
  };
  const by = order === 'id' ? sql`id ${direction}` : sql`at_ms ${direction}, id ${direction}`;
  const page = sql`SELECT kind, body, voucher, campaign FROM (${pageOf('redemption')} UNION ALL ${pageOf('rollback')})
    ORDER BY ${by} LIMIT ${limit} OFFSET ${offset}`;
  const countOf = (table: Table) => sql`SELECT * FROM (SELECT 1 ${matching(table, query)} LIMIT ${MOST_LISTED})`;
  const count = sql`SELECT COUNT(*) AS total FROM (${countOf('redemption')} UNION ALL ${countOf('rollback')})`;
  const copies = drizzle(db);
  const [rows, [counted]] = await inTime(Promise.all([copies.all<UseRow>(page), copies.all<{ total: number }>(count)]));
  return { rows, total: Math.min(MOST_LISTED, Number(counted?.total ?? 0)) };
}

export interface PublicationRow {
  body: string;
  /** JSON of the campaign's record; null: the code has none. */
  campaign: string | null;
}

const FIRST_CODE = sql`p.body ->> '$.codes[0]'`;
const OWN_BENEFIT = sql`(SELECT v.body ->> '$.benefit.kind' FROM voucher v
    WHERE v.shop = p.shop AND v.code_key = upper(${FIRST_CODE}))`;
const PUBLICATION_FIELDS: Fields = {
  named: {
    id: sql`p.publication`,
    created_at: sql`p.at_ms`,
    campaign_id: sql`p.campaign`,
    campaign_name: sql`c.name`,
    customer_id: sql`p.customer`,
    voucher_code: FIRST_CODE,
    voucher_type: sql`coalesce(c.benefit, ${OWN_BENEFIT})`,
    source_id: sql`p.body ->> '$.sourceId'`,
    channel: sql`p.body ->> '$.channel'`,
    result: sql`CASE p.body ->> '$.state' WHEN 'voided' THEN 1 ELSE 0 END`,
    tracking_id: sql`NULL`,
  },
  metadata: sql`p.body -> '$.metadata'`,
};

const PUBLICATIONS = sql`FROM publication p
  LEFT JOIN campaign c ON c.shop = p.shop AND c.campaign = p.campaign`;

export function listPublications(db: D1Database, query: ListQuery): Promise<Listed<PublicationRow>> {
  const columns = sql`p.body AS body, c.body AS campaign`;
  const there = sql`p.shop = ${query.shop}`;
  return listed(db, query, {
    columns,
    from: PUBLICATIONS,
    there,
    fields: PUBLICATION_FIELDS,
    last: sql`p.publication`,
  });
}
