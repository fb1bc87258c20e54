/** A publication as Voucherify's clients read it in lists. */
import type { Campaign } from '../domain/vouchers/campaign.ts';
import { codeKey } from '../domain/vouchers/codes.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import type { ListedPublication as View } from '../wire/voucher-publications.ts';
import type { ListedPublication } from './listed.ts';
import { voucherView } from './voucher-view.ts';

export interface ListedCode {
  voucher: Voucher;
  campaign: Campaign | null;
}

interface Known {
  campaign: Campaign | null;
  /** By their normal form; one that lists do not know yet is told by its code alone. */
  codes: ReadonlyMap<string, ListedCode>;
  shop: ShopSnapshot;
}

export function publicationView(publication: ListedPublication, { campaign, codes, shop }: Known): View {
  const { id, customer, sourceId, channel, metadata, atMs, state, failure } = publication;
  const { currency, timeZone } = shop.settings;
  const vouchers = publication.codes.map((code) => {
    const known = codes.get(codeKey(code));
    if (known === undefined) return { code, object: 'voucher' as const };
    return voucherView(known.voucher, currency, { campaign: known.campaign, timeZone });
  });
  const [first] = vouchers;
  const isOne = vouchers.length === 1;
  const failed = {
    failure_code: failure?.key ?? 'voucher_cannot_be_published',
    failure_message: failure?.details ?? '',
  };
  return {
    id,
    object: 'publication',
    created_at: new Date(atMs).toISOString(),
    customer_id: customer,
    customer: { id: customer, object: 'customer' },
    campaign: campaign === null ? null : { id: campaign.id, name: campaign.name, object: 'campaign' },
    tracking_id: null,
    source_id: sourceId,
    channel: channel ?? 'API',
    metadata,
    result: state === 'done' ? 'SUCCESS' : 'FAILURE',
    ...(state === 'done' ? {} : failed),
    ...(isOne && first !== undefined ? { voucher: first } : { vouchers: publication.codes }),
    vouchers_id: vouchers.flatMap((one) => ('id' in one ? one.id : [])),
  };
}
