/**
 * Tells D1's copies of campaigns and vouchers. Each row says where its owner stood when it came to be so, and counts only
 * where the copy does not stand further on: gaps, repeats and reorderings cannot hurt. Who tells goes on until it was
 * answered; what is there already is not written again.
 */
import { jsonTexts } from '../storage/json-texts.ts';
import { inTime } from './in-time.ts';
import { rowsOf, VOUCHER_TABLES, type VoucherCopies, type VoucherTable } from './voucher-rows.ts';

const CAMPAIGN = `
  INSERT INTO campaign (shop, campaign, version, name, kind, benefit, active, archived, deleted, created_ms, updated_ms, body)
  SELECT ?1, value ->> 'id', value ->> 'version', value ->> 'name', value ->> 'kind', value ->> 'benefit',
    value ->> 'active', value ->> 'archived', value ->> 'deleted', value ->> 'created', value ->> 'updated', value ->> 'body'
  FROM json_each(?2) WHERE true
  ON CONFLICT DO UPDATE SET version = excluded.version, active = excluded.active, archived = excluded.archived,
    deleted = excluded.deleted, updated_ms = excluded.updated_ms, body = excluded.body
  WHERE excluded.version >= campaign.version AND excluded.body IS NOT campaign.body`;

const INTO_VOUCHER = `
  INSERT INTO voucher (shop, voucher, rank, seq, code, code_key, campaign, holder, state, created_ms, updated_ms, gone, body)
  SELECT ?1, j.value ->> 'id', j.value ->> 'rank', j.value ->> 'seq', j.value ->> 'code', j.value ->> 'key',
    j.value ->> 'campaign', j.value ->> 'holder', j.value ->> 'state', j.value ->> 'created', j.value ->> 'updated',
    j.value ->> 'gone', j.value ->> 'body'
  FROM json_each(?2) j LEFT JOIN voucher v ON v.shop = ?1 AND v.voucher = j.value ->> 'id'`;
const VOUCHER_CHANGE = `rank = excluded.rank, seq = excluded.seq, state = excluded.state, updated_ms = excluded.updated_ms,
    gone = excluded.gone, body = excluded.body`;
const IS_NEWER = `(excluded.rank, excluded.seq) >= (voucher.rank, voucher.seq)
    AND (excluded.rank, excluded.seq, excluded.gone, excluded.body) IS NOT (voucher.rank, voucher.seq, voucher.gone, voucher.body)`;

// What an index holds is named in an update only where it changes, for naming it rewrites the index. A holder comes once,
// and again where two customers turn out to be one.
const NEW_HOLDERS = `${INTO_VOUCHER} WHERE v.holder IS NOT j.value ->> 'holder'
  ON CONFLICT DO UPDATE SET holder = excluded.holder, ${VOUCHER_CHANGE} WHERE ${IS_NEWER}`;
const VOUCHERS = `${INTO_VOUCHER} WHERE v.voucher IS NULL OR v.holder IS j.value ->> 'holder'
  ON CONFLICT DO UPDATE SET ${VOUCHER_CHANGE} WHERE ${IS_NEWER}`;

/** What the object of a code keeps comes from no customer any more: it was theirs before, where they were erased. */
function isLater(table: 'redemption' | 'rollback'): string {
  return `CASE WHEN (excluded.owner IS NULL) = (${table}.owner IS NULL) THEN excluded.seq >= ${table}.seq
    ELSE excluded.owner IS NULL END`;
}

const REDEMPTIONS = `
  INSERT INTO redemption (shop, at_ms, redemption, seq, owner, voucher, campaign, customer, failed, body)
  SELECT ?1, value ->> 'at', value ->> 'id', value ->> 'seq', value ->> 'owner', value ->> 'voucher', value ->> 'campaign',
    value ->> 'customer', value ->> 'failed', value ->> 'body'
  FROM json_each(?2) WHERE true
  ON CONFLICT DO UPDATE SET seq = excluded.seq, owner = excluded.owner, customer = excluded.customer, body = excluded.body
  WHERE ${isLater('redemption')} AND (excluded.owner, excluded.body) IS NOT (redemption.owner, redemption.body)`;

const ROLLBACKS = `
  INSERT INTO rollback (shop, at_ms, rollback, seq, owner, voucher, campaign, customer, body)
  SELECT ?1, value ->> 'at', value ->> 'id', value ->> 'seq', value ->> 'owner', value ->> 'voucher', value ->> 'campaign',
    value ->> 'customer', value ->> 'body'
  FROM json_each(?2) WHERE true
  ON CONFLICT DO UPDATE SET seq = excluded.seq, owner = excluded.owner, customer = excluded.customer, body = excluded.body
  WHERE ${isLater('rollback')} AND (excluded.owner, excluded.body) IS NOT (rollback.owner, rollback.body)`;

const PUBLICATIONS = `
  INSERT INTO publication (shop, at_ms, publication, campaign, customer, body)
  SELECT ?1, value ->> 'at', value ->> 'id', value ->> 'campaign', value ->> 'customer', value ->> 'body'
  FROM json_each(?2) WHERE true
  ON CONFLICT DO UPDATE SET customer = excluded.customer, body = excluded.body
  WHERE excluded.body IS NOT publication.body`;

const STATEMENTS: Record<VoucherTable, string[]> = {
  campaign: [CAMPAIGN],
  voucher: [NEW_HOLDERS, VOUCHERS],
  redemption: [REDEMPTIONS],
  rollback: [ROLLBACKS],
  publication: [PUBLICATIONS],
};

/** Part of a batch. */
export function voucherStatements(db: D1Database, shop: string, copies: VoucherCopies): D1PreparedStatement[] {
  const rows = rowsOf(copies);
  return VOUCHER_TABLES.flatMap((table) =>
    jsonTexts(rows[table]).flatMap((text) => STATEMENTS[table].map((sql) => db.prepare(sql).bind(shop, text))),
  );
}

/** One batch. Throws where D1 does not answer in time; what it did then is unknown, and telling again is safe. */
export async function tellCopies(db: D1Database, shop: string, copies: VoucherCopies): Promise<void> {
  const statements = voucherStatements(db, shop, copies);
  if (statements.length > 0) await inTime(db.batch(statements));
}
