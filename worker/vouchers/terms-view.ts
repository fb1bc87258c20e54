/** When within its dates something is good, and for which items, as Voucherify's clients read it. */
import type { Applicable, ItemSelector } from '../domain/vouchers/discount.ts';
import { durationText, type HourSpan, type Validity } from '../domain/vouchers/validity.ts';
import type { ShownTerms } from '../wire/voucher-terms.ts';

type ShownValidity = Pick<ShownTerms, 'validity_timeframe' | 'validity_day_of_week' | 'validity_hours'>;

const ALWAYS: ShownValidity = { validity_timeframe: null, validity_day_of_week: null, validity_hours: null };

export function validityView(validity: Validity | null): ShownValidity {
  const parts = validity?.kind === 'all' ? validity.of : [validity];
  return Object.assign({ ...ALWAYS }, ...parts.map(partView));
}

function partView(validity: Validity | null): Partial<ShownValidity> {
  switch (validity?.kind) {
    case 'weekdays':
      return { validity_day_of_week: validity.days };
    case 'hours':
      return { validity_hours: { daily: validity.spans.map(spanView) } };
    case 'frames':
      return {
        validity_timeframe: { interval: durationText(validity.every), duration: durationText(validity.open) },
      };
    default:
      return {};
  }
}

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];

function spanView({ fromMinute, toMinute, days }: HourSpan) {
  return { start_time: clockOf(fromMinute), expiration_time: clockOf(toMinute), days_of_week: days ?? EVERY_DAY };
}

function clockOf(minute: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

export function applicableView({ only, not }: Applicable): Pick<ShownTerms, 'applicable_to' | 'inapplicable_to'> {
  return { applicable_to: itemsView(only), inapplicable_to: itemsView(not) };
}

/** Tags, which these clients have no word for, are left out. */
function itemsView(items: ItemSelector[]): ShownTerms['applicable_to'] {
  const data = items.flatMap((item) => (item.kind === 'tag' ? [] : [{ object: OBJECTS[item.kind], id: item.id }]));
  const about = data.map((one) => ({ ...one, strict: false, effect: 'APPLY_TO_EVERY' }));
  return { object: 'list', data_ref: 'data', data: about, total: about.length };
}

const OBJECTS = { product: 'product', variant: 'sku', collection: 'products_collection' } as const;
