/** Which codes of a shop are for everybody, from D1's copies: what is then said of each comes from whoever keeps it. */
import { inTime } from './in-time.ts';

/** So many of a kind, the last made first. */
const MOST = 100;
/** How far back vouchers that were made by hand are looked for. */
const MOST_LOOKED_AT = 5_000;

const STANDALONE = `SELECT campaign, body ->> '$.code' AS code FROM campaign
  WHERE shop = ?1 AND kind = 'standalone' AND active = 1 AND archived = 0 AND deleted = 0
  ORDER BY created_ms DESC, campaign LIMIT ?2`;

const BY_HAND = `SELECT code FROM (
    SELECT code, campaign, holder, state, gone, body, created_ms, voucher FROM voucher
    WHERE shop = ?1 ORDER BY created_ms DESC, voucher DESC LIMIT ?3)
  WHERE campaign IS NULL AND holder IS NULL AND state = 'active' AND gone = 0
    AND body ->> '$.benefit.kind' = 'discount' AND coalesce(body ->> '$.limit', 2) > 1
  ORDER BY created_ms DESC, voucher DESC LIMIT ?2`;

const RUNNING = `SELECT campaign FROM campaign
  WHERE shop = ?1 AND active = 1 AND archived = 0 AND deleted = 0 ORDER BY created_ms DESC, campaign LIMIT ?2`;

/** The one code of each campaign that has but one. */
export function standaloneCodes(db: D1Database, shop: string): Promise<string[]> {
  return texts(db.prepare(STANDALONE).bind(shop, MOST), 'code');
}

/** Codes made by hand for more than one use, that nobody holds; of the last 5,000 vouchers. */
export function handmadeCodes(db: D1Database, shop: string): Promise<string[]> {
  return texts(db.prepare(BY_HAND).bind(shop, MOST, MOST_LOOKED_AT), 'code');
}

/** Ids of the campaigns that run. */
export function runningCampaigns(db: D1Database, shop: string): Promise<string[]> {
  return texts(db.prepare(RUNNING).bind(shop, MOST), 'campaign');
}

async function texts(statement: D1PreparedStatement, column: string): Promise<string[]> {
  const { results } = await inTime(statement.all<Record<string, unknown>>());
  return results.flatMap((row) => (typeof row[column] === 'string' ? [row[column]] : []));
}
