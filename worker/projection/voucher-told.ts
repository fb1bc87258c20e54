/** What D1 holds of campaigns, vouchers and what was done with them against what their owners told it. */
import { jsonTexts } from '../storage/json-texts.ts';
import { inTime } from './in-time.ts';
import { type ToldRow, VOUCHER_TABLES, type VoucherTable } from './voucher-rows.ts';

export type VoucherRows = Record<VoucherTable, ToldRow[]>;

export interface RowDifference {
  table: VoucherTable;
  id: string;
  field: string;
  /** What the owner says; a body is told by its length alone. */
  object: string | number | null;
  copy: string | number | null;
}

const BY_TIME = "x.at_ms = j.value ->> 'at'";
const USED = `x.at_ms AS at, x.owner AS owner, x.voucher AS voucher, x.campaign AS campaign, x.customer AS customer,
  x.body AS body`;

/** D1's rows under the names they are told by. */
const COPIES: Record<VoucherTable, string> = {
  campaign: `SELECT x.campaign AS id, x.version AS version, x.name AS name, x.kind AS kind, x.benefit AS benefit,
    x.active AS active, x.archived AS archived, x.deleted AS deleted, x.created_ms AS created, x.updated_ms AS updated,
    x.body AS body FROM json_each(?2) j CROSS JOIN campaign x ON x.shop = ?1 AND x.campaign = j.value ->> 'id'`,
  voucher: `SELECT x.voucher AS id, x.code AS code, x.code_key AS key, x.campaign AS campaign, x.rank AS rank,
    x.holder AS holder, x.state AS state, x.created_ms AS created, x.updated_ms AS updated, x.gone AS gone, x.body AS body
    FROM json_each(?2) j CROSS JOIN voucher x ON x.shop = ?1 AND x.voucher = j.value ->> 'id'`,
  redemption: `SELECT x.redemption AS id, x.failed AS failed, ${USED}
    FROM json_each(?2) j CROSS JOIN redemption x ON x.shop = ?1 AND ${BY_TIME} AND x.redemption = j.value ->> 'id'`,
  rollback: `SELECT x.rollback AS id, ${USED}
    FROM json_each(?2) j CROSS JOIN rollback x ON x.shop = ?1 AND ${BY_TIME} AND x.rollback = j.value ->> 'id'`,
  publication: `SELECT x.publication AS id, x.at_ms AS at, x.campaign AS campaign, x.customer AS customer, x.body AS body
    FROM json_each(?2) j CROSS JOIN publication x ON x.shop = ?1 AND ${BY_TIME} AND x.publication = j.value ->> 'id'`,
};
/** When it was told last is not what it is; a rollback's redemption goes on changing. */
const UNCOMPARED: Partial<Record<VoucherTable, string[]>> = { rollback: ['body', 'customer'] };

/** A code that a customer holds by now is told by them: what the object of the code says of it counts no more. */
export async function voucherDifferences(db: D1Database, shop: string, rows: VoucherRows): Promise<RowDifference[]> {
  const asked = VOUCHER_TABLES.flatMap((table) => jsonTexts(rows[table]).map((text) => ({ table, text })));
  if (asked.length === 0) return [];
  const answers = await inTime(
    db.batch<ToldRow>(asked.map(({ table, text }) => db.prepare(COPIES[table]).bind(shop, text))),
  );
  const copies = new Map(
    answers.flatMap(({ results }, at) => results.map((row) => [`${asked[at]?.table} ${row.id}`, row] as const)),
  );
  return VOUCHER_TABLES.flatMap((table) =>
    rows[table].flatMap((row) => rowDifferences(table, row, copies.get(`${table} ${row.id}`) ?? null)),
  );
}

function rowDifferences(table: VoucherTable, row: ToldRow, copy: ToldRow | null): RowDifference[] {
  const of = { table, id: String(row.id) };
  if (copy === null) return [{ ...of, field: 'row', object: 'present', copy: null }];
  if (table === 'voucher' && Number(row.rank) < Number(copy.rank)) return [];
  const left = ['seq', ...(UNCOMPARED[table] ?? [])];
  return Object.keys(row)
    .filter((field) => !left.includes(field) && row[field] !== copy[field])
    .map((field) => ({ ...of, field, object: shown(field, row), copy: shown(field, copy) }));
}

function shown(field: string, row: ToldRow): string | number | null {
  const value = row[field] ?? null;
  return field === 'body' && value !== null ? `text of ${String(value).length}` : value;
}

export interface CopiedVoucher {
  id: string;
  code: string;
}

/** D1's vouchers that no customer tells, after an id. */
export async function copiedCodes(
  db: D1Database,
  shop: string,
  after: string,
  limit: number,
): Promise<CopiedVoucher[]> {
  const sql = `SELECT voucher AS id, code FROM voucher WHERE shop = ?1 AND voucher > ?2 AND rank <> 1
    ORDER BY voucher LIMIT ?3`;
  return (await inTime(db.prepare(sql).bind(shop, after, limit).all<CopiedVoucher>())).results;
}
