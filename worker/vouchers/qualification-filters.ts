/** What a qualification is narrowed by, in Voucherify's words. What is not known is refused by its name, not left out. */
import { isObject, type Json, type JsonObject } from '../domain/json.ts';
import { sameCode } from '../domain/vouchers/codes.ts';
import type { Qualified } from '../publishing/qualify.ts';
import { VoucherError } from './errors.ts';

type Read = (one: Qualified) => string | null;

const FIELDS: Readonly<Record<string, Read>> = {
  category_id: ({ voucher, campaign }) => voucher.category ?? campaign?.category ?? null,
  campaign_id: ({ voucher }) => voucher.campaign,
  resource_id: ({ voucher }) => voucher.id,
  resource_type: () => 'voucher',
  voucher_type: ({ voucher }) => (voucher.benefit.kind === 'gift' ? 'GIFT_VOUCHER' : 'DISCOUNT_VOUCHER'),
  code: ({ voucher }) => voucher.code,
};

type Test = (value: string | null, asked: readonly string[]) => boolean;
const isAmong: Test = (value, asked) => value !== null && asked.some((one) => sameCode(one, value) || one === value);

const TESTS: Readonly<Record<string, Test>> = {
  $in: isAmong,
  $is: isAmong,
  $not_in: (value, asked) => !isAmong(value, asked),
  $is_not: (value, asked) => !isAmong(value, asked),
  $has_value: (value) => value !== null,
  $is_unknown: (value) => value === null,
};

type Filter = (one: Qualified) => boolean;

export function filterOf(filters: JsonObject | undefined): Filter {
  const { junction = 'and', ...named } = filters ?? {};
  const isAny = String(junction).toLowerCase() === 'or';
  const all = Object.entries(named).map(([name, said]) => fieldFilter(name, said));
  if (all.length === 0) return () => true;
  return isAny ? (one) => all.some((filter) => filter(one)) : (one) => all.every((filter) => filter(one));
}

function fieldFilter(name: string, said: Json): Filter {
  const read = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
  const conditions = isObject(said) && isObject(said.conditions) ? said.conditions : null;
  if (read === undefined || conditions === null) throw unknown(name);
  const tests = Object.entries(conditions).map(([word, value]) => {
    const test = Object.hasOwn(TESTS, word) ? TESTS[word] : undefined;
    if (test === undefined) throw unknown(`${name}.conditions.${word}`);
    const asked = [value].flat().map(String);
    return (one: Qualified) => test(read(one), asked);
  });
  return (one) => tests.every((test) => test(one));
}

function unknown(path: string): VoucherError {
  return new VoucherError('invalid_payload', `options.filters.${path.slice(0, 100)} is not known here`);
}
