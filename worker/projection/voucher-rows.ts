/** Campaigns, vouchers and what was done with them as rows that D1 is told: by the names that statements read. */
import { stateOf } from '../domain/vouchers/due.ts';
import type { Redemption, Rollback, Voucher } from '../domain/vouchers/voucher.ts';

export type ToldRow = Record<string, string | number | null>;

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
  /** 0: the object of its code tells it; 1: the customer who holds it; 2: the object of its code again, for they were erased. */
  rank: 0 | 1 | 2;
  /** Of its owner's journal. */
  seq: number;
  createdAtMs: number;
  gone: boolean;
  voucher: Voucher | null;
}

export interface RedemptionCopy {
  seq: number;
  /** The customer whose object tells it; null: the object of its code does. */
  owner: string | null;
  redemption: Redemption;
}

export interface RollbackCopy extends RedemptionCopy {
  rollback: Rollback;
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
  rollbacks?: RollbackCopy[];
  publications?: PublicationCopy[];
}

export const VOUCHER_TABLES = ['campaign', 'voucher', 'redemption', 'rollback', 'publication'] as const;
export type VoucherTable = (typeof VOUCHER_TABLES)[number];

export function rowsOf(copies: VoucherCopies): Record<VoucherTable, ToldRow[]> {
  const { campaigns = [], vouchers = [], redemptions = [], rollbacks = [], publications = [] } = copies;
  return {
    campaign: campaigns.map(campaignRow),
    voucher: vouchers.map(voucherRow),
    redemption: redemptions.map(redemptionRow),
    rollback: rollbacks.map(rollbackRow),
    publication: publications.map(publicationRow),
  };
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

function redemptionRow({ seq, owner, redemption }: RedemptionCopy): ToldRow {
  const { id, voucher, campaign, customer, atMs, failure } = redemption;
  const failed = failure === null ? 0 : 1;
  return { id, at: atMs, seq, owner, voucher, campaign, customer, failed, body: JSON.stringify(redemption) };
}

function rollbackRow({ seq, owner, redemption, rollback }: RollbackCopy): ToldRow {
  const { voucher, campaign, customer } = redemption;
  const { id, atMs } = rollback;
  return { id, at: atMs, seq, owner, voucher, campaign, customer, body: JSON.stringify({ rollback, redemption }) };
}

function publicationRow({ id, campaign, customer, atMs, body }: PublicationCopy): ToldRow {
  return { id, at: atMs, campaign, customer, body: JSON.stringify(body) };
}
