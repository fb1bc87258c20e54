/**
 * Tells D1's copies of campaigns and vouchers. Each row says where its owner stood when it was told, and counts only where
 * the copy does not stand further on: gaps, repeats and reorderings cannot hurt. Who tells goes on until it was answered.
 */
import { stateOf } from '../domain/vouchers/due.ts';
import type { Redemption, Rollback, Voucher } from '../domain/vouchers/voucher.ts';
import { jsonTexts } from '../storage/json-texts.ts';
import { inTime } from './apply.ts';

const CAMPAIGN = `
  INSERT INTO campaign (shop, campaign, version, name, kind, benefit, active, archived, deleted, created_ms, updated_ms, body)
  SELECT ?1, value ->> 'id', value ->> 'version', value ->> 'name', value ->> 'kind', value ->> 'benefit',
    value ->> 'active', value ->> 'archived', value ->> 'deleted', value ->> 'created', value ->> 'updated', value ->> 'body'
  FROM json_each(?2) WHERE true
  ON CONFLICT DO UPDATE SET version = excluded.version, active = excluded.active, archived = excluded.archived,
    deleted = excluded.deleted, updated_ms = excluded.updated_ms, body = excluded.body
  WHERE excluded.version >= campaign.version`;

// what an index holds is not named in the update: it is the same for a voucher's whole life, and naming it rewrites the index
const VOUCHERS = `
  INSERT INTO voucher (shop, voucher, rank, seq, code, code_key, campaign, holder, state, created_ms, updated_ms, gone, body)
  SELECT ?1, value ->> 'id', value ->> 'rank', value ->> 'seq', value ->> 'code', value ->> 'key', value ->> 'campaign',
    value ->> 'holder', value ->> 'state', value ->> 'created', value ->> 'updated', value ->> 'gone', value ->> 'body'
  FROM json_each(?2) WHERE true
  ON CONFLICT DO UPDATE SET rank = excluded.rank, seq = excluded.seq, holder = excluded.holder, state = excluded.state,
    updated_ms = excluded.updated_ms, gone = excluded.gone, body = excluded.body
  WHERE (excluded.rank, excluded.seq) >= (voucher.rank, voucher.seq)`;

const REDEMPTIONS = `
  INSERT INTO redemption (shop, redemption, seq, voucher, campaign, customer, at_ms, failed, body)
  SELECT ?1, value ->> 'id', value ->> 'seq', value ->> 'voucher', value ->> 'campaign', value ->> 'customer',
    value ->> 'at', value ->> 'failed', value ->> 'body'
  FROM json_each(?2) WHERE true
  ON CONFLICT DO UPDATE SET seq = excluded.seq, customer = excluded.customer, body = excluded.body
  WHERE excluded.seq >= redemption.seq`;

const ROLLBACKS = `
  INSERT INTO rollback (shop, rollback, redemption, at_ms, body)
  SELECT ?1, value ->> 'id', value ->> 'redemption', value ->> 'at', value ->> 'body' FROM json_each(?2) WHERE true
  ON CONFLICT DO NOTHING`;

const PUBLICATIONS = `
  INSERT INTO publication (shop, publication, campaign, customer, at_ms, body)
  SELECT ?1, value ->> 'id', value ->> 'campaign', value ->> 'customer', value ->> 'at', value ->> 'body'
  FROM json_each(?2) WHERE true
  ON CONFLICT DO UPDATE SET body = excluded.body WHERE excluded.body IS NOT publication.body`;

type ToldRow = Record<string, string | number | null>;

export interface CampaignCopy {
  campaign: { id: string; version: number; name: string; kind: string; benefit: string; active: boolean };
  createdAtMs: number;
  updatedAtMs: number;
  archived: boolean;
  deleted: boolean;
  /** All of it, as its object keeps it. */
  body: unknown;
}

/** `voucher` null: nothing ever happened to it. */
export interface VoucherCopy {
  id: string;
  code: string;
  key: string;
  campaign: string | null;
  /** 0: the object of its code tells it; 1: the customer who holds it. */
  rank: 0 | 1;
  /** Of its owner's journal. */
  seq: number;
  createdAtMs: number;
  gone: boolean;
  voucher: Voucher | null;
}

export interface RedemptionCopy {
  seq: number;
  redemption: Redemption;
}

export interface PublicationCopy {
  id: string;
  campaign: string | null;
  customer: string;
  atMs: number;
  body: unknown;
}

export interface VoucherCopies {
  campaigns?: CampaignCopy[];
  vouchers?: VoucherCopy[];
  redemptions?: RedemptionCopy[];
  rollbacks?: { redemption: Redemption; rollback: Rollback }[];
  publications?: PublicationCopy[];
}

/** One batch. Throws where D1 does not answer in time; what it did then is unknown, and telling again is safe. */
export async function tellCopies(db: D1Database, shop: string, copies: VoucherCopies): Promise<void> {
  const told: [string, ToldRow[]][] = [
    [CAMPAIGN, (copies.campaigns ?? []).map(campaignRow)],
    [VOUCHERS, (copies.vouchers ?? []).map(voucherRow)],
    [REDEMPTIONS, (copies.redemptions ?? []).map(redemptionRow)],
    [ROLLBACKS, (copies.rollbacks ?? []).map(rollbackRow)],
    [PUBLICATIONS, (copies.publications ?? []).map(publicationRow)],
  ];
  const statements = told.flatMap(([sql, rows]) => jsonTexts(rows).map((text) => db.prepare(sql).bind(shop, text)));
  if (statements.length > 0) await inTime(db.batch(statements));
}

function campaignRow({ campaign, createdAtMs, updatedAtMs, archived, deleted, body }: CampaignCopy): ToldRow {
  const { id, version, name, kind, benefit, active } = campaign;
  return {
    id,
    version,
    name,
    kind,
    benefit,
    active: active ? 1 : 0,
    archived: archived ? 1 : 0,
    deleted: deleted ? 1 : 0,
    created: createdAtMs,
    updated: updatedAtMs,
    body: JSON.stringify(body),
  };
}

function voucherRow(copy: VoucherCopy): ToldRow {
  const { id, code, key, campaign, rank, seq, createdAtMs, gone, voucher } = copy;
  return {
    id,
    code,
    key,
    campaign,
    rank,
    seq,
    holder: voucher?.holder ?? null,
    state: voucher === null ? 'active' : stateOf(voucher),
    created: createdAtMs,
    updated: voucher?.updatedAtMs ?? createdAtMs,
    gone: gone ? 1 : 0,
    body: voucher === null ? null : JSON.stringify(voucher),
  };
}

function redemptionRow({ seq, redemption }: RedemptionCopy): ToldRow {
  const { id, voucher, campaign, customer, atMs, failure } = redemption;
  const failed = failure === null ? 0 : 1;
  return { id, seq, voucher, campaign, customer, at: atMs, failed, body: JSON.stringify(redemption) };
}

function rollbackRow({ redemption, rollback }: { redemption: Redemption; rollback: Rollback }): ToldRow {
  const { id, atMs } = rollback;
  const { code, campaign, customer, orderId, voucher } = redemption;
  const body = { ...rollback, redemption: redemption.id, code, voucher, campaign, customer, orderId };
  return { id, redemption: redemption.id, at: atMs, body: JSON.stringify(body) };
}

function publicationRow({ id, campaign, customer, atMs, body }: PublicationCopy): ToldRow {
  return { id, campaign, customer, at: atMs, body: JSON.stringify(body) };
}
