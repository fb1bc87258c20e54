/** Rules under names of ours: each is read from the clients' shape, decides as it says, and is refused where it is none. */
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../worker/domain/json.ts';
import { applicable } from '../../../worker/domain/vouchers/applicable.ts';
import { fromVoucherify } from '../../../worker/domain/vouchers/voucherify-rules.ts';
import { ask, customer, facts, rule, voucher } from './offers.ts';

const source = (name: string, conditions: JsonObject): JsonObject => ({
  rules: { '1': { name, conditions }, logic: '1' },
});

function read(name: string, conditions: JsonObject) {
  const result = fromVoucherify(source(name, conditions), { currency: 'EUR' });
  if ('flaws' in result) throw new Error(JSON.stringify(result.flaws));
  return rule(result.when);
}

interface Scene {
  orders?: number;
  channel?: string;
  /** In the shop's time zone, Europe/Berlin. */
  at?: string;
}

function passes(
  name: string,
  conditions: JsonObject,
  { orders = 0, channel = 'API', at = '2031-03-05T11:00Z' }: Scene,
) {
  const told = facts({ customer: customer({ orders }), channel, timeZone: 'Europe/Berlin' });
  const answer = applicable(ask(voucher(), { facts: told, rules: [read(name, conditions)], nowMs: Date.parse(at) }));
  return answer.applicable;
}

test.each<[string, JsonObject, Scene, Scene]>([
  ['customer.first_order', { $is: [true] }, { orders: 0 }, { orders: 1 }],
  ['customer.first_order', { $is: [false] }, { orders: 1 }, { orders: 0 }],
  ['customer.orders.count', { $more_than_or_equal: [2], $less_than: [4] }, { orders: 2 }, { orders: 4 }],
  ['redemption.channel', { $is: ['CLIENT_API', 'POS'] }, { channel: 'POS' }, { channel: 'API' }],
  ['redemption.channel', { $is_not: ['API'] }, { channel: 'POS' }, { channel: 'API' }],
  [
    'redemption.date',
    { $after: ['2031-03-05'], $before: ['2031-03-06'] },
    { at: '2031-03-04T23:00:00Z' },
    { at: '2031-03-05T23:00:00Z' },
  ],
  ['redemption.date', { $after: ['2031-03-05T12:00:00Z'] }, { at: '2031-03-05T12:00Z' }, { at: '2031-03-05T11:59Z' }],
  ['redemption.day_of_week', { $is: [0] }, { at: '2031-03-08T23:00Z' }, { at: '2031-03-08T22:59Z' }],
  ['redemption.day_of_week', { $is_not: [0, 6] }, { at: '2031-03-07T12:00Z' }, { at: '2031-03-08T12:00Z' }],
  ['redemption.time', { $is_between: ['09:00', '17:00'] }, { at: '2031-03-05T08:00Z' }, { at: '2031-03-05T16:00Z' }],
  ['redemption.time', { $is_between: ['22:00', '02:00'] }, { at: '2031-03-05T23:30Z' }, { at: '2031-03-05T12:00Z' }],
])('%s with %j lets %j pass and not %j', (name, conditions, yes, no) => {
  expect([passes(name, conditions, yes), passes(name, conditions, no)]).toEqual([true, false]);
});

test.each<[string, JsonObject]>([
  ['customer.first_order', { $is: ['yes'] }],
  ['customer.orders.count', { $is: ['many'] }],
  ['redemption.channel', { $contains: ['API'] }],
  ['redemption.date', { $is: ['2031-03-05'] }],
  ['redemption.date', { $after: ['someday'] }],
  ['redemption.date', {}],
  ['redemption.day_of_week', { $is: [7] }],
  ['redemption.day_of_week', { $more_than: [1] }],
  ['redemption.time', { $is_between: ['9', '17:00'] }],
  ['redemption.time', { $is_between: ['09:00'] }],
])('%s with %j is refused with its place', (name, conditions) => {
  const result = fromVoucherify(source(name, conditions), { currency: 'EUR' });
  expect('flaws' in result && result.flaws.length > 0).toBe(true);
});
