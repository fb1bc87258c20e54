/** When within its dates something is good, and for which items, read from what a client says. A refusal names the field. */
import { type Applicable, EVERY_ITEM, type ItemSelector } from '../domain/vouchers/discount.ts';
import { durationOf, type HourSpan, type Validity, validityFlaws } from '../domain/vouchers/validity.ts';
import type { Terms } from '../wire/voucher-terms.ts';
import { VoucherError } from './errors.ts';

type Wanted = Pick<Terms, 'validity_timeframe' | 'validity_day_of_week' | 'validity_hours'>;

/** null: whenever its dates say. */
export function validityOf(wanted: Wanted): Validity | null {
  const { validity_timeframe: frames, validity_day_of_week: days, validity_hours: hours } = wanted;
  const of: Validity[] = [];
  if (frames != null) {
    const [every, open] = [durationOf(frames.interval), durationOf(frames.duration)];
    if (every === null || open === null) throw flawed('validity_timeframe', 'must have durations such as P2D or PT1H');
    of.push({ kind: 'frames', every, open });
  }
  if (days != null && days.length > 0) of.push({ kind: 'weekdays', days });
  if (hours?.daily !== undefined && hours.daily.length > 0) of.push({ kind: 'hours', spans: hours.daily.map(spanOf) });
  const [first] = of;
  if (first === undefined) return null;
  const validity: Validity = of.length === 1 ? first : { kind: 'all', of };
  const [flaw] = validityFlaws(validity);
  if (flaw !== undefined) throw flawed(flaw.field, flaw.rule);
  return validity;
}

/** Whether anything of it was said at all. */
export function saysValidity(wanted: Wanted): boolean {
  const { validity_timeframe, validity_day_of_week, validity_hours } = wanted;
  return [validity_timeframe, validity_day_of_week, validity_hours].some((one) => one !== undefined);
}

type Daily = NonNullable<NonNullable<Terms['validity_hours']>['daily']>[number];

function spanOf({ start_time, expiration_time, days_of_week }: Daily): HourSpan {
  return { fromMinute: minuteOf(start_time), toMinute: minuteOf(expiration_time), days: days_of_week ?? null };
}

function minuteOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}

export function applicableOf({
  applicable_to,
  inapplicable_to,
}: Pick<Terms, 'applicable_to' | 'inapplicable_to'>): Applicable {
  if (applicable_to == null && inapplicable_to == null) return EVERY_ITEM;
  return { only: itemsOf(applicable_to), not: itemsOf(inapplicable_to) };
}

const KINDS = { product: 'product', sku: 'variant', products_collection: 'collection' } as const;

function itemsOf(told: Terms['applicable_to']): ItemSelector[] {
  if (told == null) return [];
  const items = Array.isArray(told) ? told : told.data;
  return items.map(({ object, id }) => ({ kind: KINDS[object], id }));
}

function flawed(field: string, rule: string): VoucherError {
  return new VoucherError('invalid_payload', `${field} ${rule}`);
}
