/** Codes of a campaign on their way to a customer, and what became of it. */
import type { JsonObject } from '../domain/json.ts';
import type { Refused } from '../domain/vouchers/refused.ts';

export interface Publication {
  /** `pub_…`; it also names the operation at the customer and at the codes. */
  id: string;
  /** Of the request: the same id with another one is refused. */
  fingerprint: string;
  campaign: string;
  customer: string;
  /** As they were made. One that could not be given was replaced, or left out where there was no other. */
  codes: string[];
  /** Those of them that were made for it alone, by the name of the occasion. */
  minted: Record<string, string>;
  sourceId: string | null;
  channel: string | null;
  metadata: JsonObject;
  distribution: string | null;
  holderOnly: boolean;
  /** The code was named: there is no other instead of it. */
  named: boolean;
  /** By the shop's clock. */
  atMs: number;
  state: 'open' | 'done' | 'voided';
  /** Why the last code that was left out could not be given. */
  failure: Refused | null;
}

export interface PublishCall
  extends Pick<
    Publication,
    'id' | 'fingerprint' | 'customer' | 'sourceId' | 'channel' | 'metadata' | 'distribution' | 'holderOnly' | 'atMs'
  > {
  /** Other ids that the customer had: who joined as one of them has joined. */
  formerly: string[];
  /** The one that is to be given; null: whichever is free. */
  code: string | null;
  /** How many codes, 1 to 50. */
  count: number;
  /** The same person gets the same code again, even where the campaign does not say so. */
  joinOnce: boolean;
}

export type PublishRefusal =
  | 'no_voucher_suitable_for_publication'
  | 'too_many_vouchers_requested'
  | 'duplicate_source_id'
  | 'not_found'
  /** Its codes are still being made. */
  | 'not_ready'
  /** It was disabled, and asks by itself. */
  | 'campaign_not_active'
  | 'mismatch'
  /** It came to nothing when it was first asked for. */
  | 'voided';

/** `again`: the customer has it, or is about to; whoever hears it may finish it. */
export type PublishAnswer =
  | { refusal: null; publication: Publication; again: boolean }
  | { refusal: PublishRefusal; room?: number; why?: Refused | null };
