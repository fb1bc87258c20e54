/** A campaign as its object keeps it, and what may be changed of it. */
import type { Campaign } from '../domain/vouchers/campaign.ts';
import { areTurned, isTooLong } from '../domain/vouchers/change.ts';

export interface CampaignRecord {
  campaign: Campaign;
  /** What becomes of its codes. Until they are made nobody is given one. */
  making: 'in_progress' | 'done' | 'failed';
  /** The job that makes or imports codes; null: none does. */
  job: string | null;
  /** The one code of a standalone campaign. */
  code: string | null;
  /** Codes that were made or imported for it. */
  vouchers: number;
  archivedAtMs: number | null;
  /** It lies in the bin: none of its codes is good, and they stay taken. */
  deletedAtMs: number | null;
}

/** What may change later, `metadata` by joining; the name, the pattern of codes, the kind of discount and a gift's amount may not. */
export type CampaignChange = Partial<
  Pick<
    Campaign,
    | 'discount'
    | 'applicable'
    | 'description'
    | 'kind'
    | 'joinOnce'
    | 'category'
    | 'active'
    | 'startsAtMs'
    | 'endsAtMs'
    | 'validity'
    | 'liveAfterPublishing'
    | 'limitPerCode'
    | 'limitPerCustomer'
    | 'caps'
    | 'rules'
    | 'metadata'
  >
> & { archived?: boolean };

export type Changed =
  /** `again`: it was done under the same name before. */
  | { refusal: null; record: CampaignRecord; again: boolean }
  | { refusal: 'not_found' | 'discount_kind' | 'dates' | 'metadata' | 'mismatch' };

export type Refusal = Exclude<Changed['refusal'], null>;

/** Names a change: the same again changes nothing. */
export interface Request {
  key: string;
  fingerprint: string;
  who: string;
  nowMs: number;
}

/** The record as it is after a change, in its next version. `dates`: it would end before it starts. `metadata`: too long. */
export function changedRecord(record: CampaignRecord, change: CampaignChange, nowMs: number): CampaignRecord | Refusal {
  const { archived, ...rest } = change;
  const { campaign } = record;
  if (rest.discount !== undefined && rest.discount?.kind !== campaign.discount?.kind) return 'discount_kind';
  const metadata = { ...campaign.metadata, ...rest.metadata };
  if (rest.metadata !== undefined && isTooLong(metadata)) return 'metadata';
  const { startsAtMs, endsAtMs } = { ...campaign, ...rest };
  const isDated = rest.startsAtMs !== undefined || rest.endsAtMs !== undefined;
  if (isDated && areTurned(startsAtMs, endsAtMs)) return 'dates';
  const archivedAtMs = archived === undefined ? record.archivedAtMs : archived ? (record.archivedAtMs ?? nowMs) : null;
  return {
    ...record,
    campaign: { ...campaign, ...rest, metadata, version: campaign.version + 1, updatedAtMs: nowMs },
    archivedAtMs,
  };
}

/** Nobody is given a code of it by itself, and none is redeemed. */
export function isRunning({ campaign, archivedAtMs, deletedAtMs }: CampaignRecord): boolean {
  return campaign.active && archivedAtMs === null && deletedAtMs === null;
}

/** As decisions on vouchers see it: what was archived or deleted is switched off. */
export function campaignOf(record: CampaignRecord): Campaign {
  return isRunning(record) ? record.campaign : { ...record.campaign, active: false };
}
