/** Rows of D1's lists read back into what their owners told. */
import type { CampaignRecord } from '../campaign/record.ts';
import type { Campaign } from '../domain/vouchers/campaign.ts';
import { freshVoucher } from '../domain/vouchers/from-campaign.ts';
import type { Redemption, Rollback, Voucher } from '../domain/vouchers/voucher.ts';
import type { UseRow } from '../projection/use-lists.ts';
import type { VoucherRow } from '../projection/voucher-lists.ts';

export interface ListedVoucher {
  voucher: Voucher;
  campaign: Campaign | null;
}

/** `currency`: the shop's. A code that nothing ever happened to is as its campaign says by now. */
export function toListedVoucher(row: VoucherRow, currency: string): ListedVoucher {
  const campaign = row.campaign === null ? null : toRecord(row.campaign).campaign;
  if (row.body !== null) return { voucher: JSON.parse(row.body) as Voucher, campaign };
  if (campaign === null) throw new Error('a code without a voucher');
  const about = { id: row.voucher, code: row.code, madeAtMs: Number(row.createdMs), currency };
  return { voucher: freshVoucher(campaign, about), campaign };
}

export function toRecord(body: string): CampaignRecord {
  return JSON.parse(body) as CampaignRecord;
}

export interface ListedUse {
  redemption: Redemption;
  /** null: it is the redemption itself. */
  rollback: Rollback | null;
  voucher: Voucher | null;
  campaign: Campaign | null;
}

export function toListedUse(row: UseRow): ListedUse {
  const voucher = row.voucher === null ? null : (JSON.parse(row.voucher) as Voucher);
  const campaign = row.campaign === null ? null : toRecord(row.campaign).campaign;
  if (row.kind === 'redemption')
    return { redemption: JSON.parse(row.body) as Redemption, rollback: null, voucher, campaign };
  const told = JSON.parse(row.body) as { redemption: Redemption; rollback: Rollback };
  return { ...told, voucher, campaign };
}

/** A publication as its campaign, or the object of its code, keeps it. */
export interface ListedPublication {
  id: string;
  customer: string;
  codes: string[];
  sourceId: string | null;
  channel: string | null;
  metadata: Voucher['metadata'];
  atMs: number;
  state: 'done' | 'voided';
  failure: { key: string; details: string } | null;
}

export function toListedPublication(body: string): ListedPublication {
  return JSON.parse(body) as ListedPublication;
}
