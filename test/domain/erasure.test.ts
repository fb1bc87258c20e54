/** What an erasure leaves and what it lets in: the decisions alone. */
import { describe, expect, it } from 'vitest';
import { erasedBefore, type KnownName } from '../../worker/domain/erasure/erased-names.ts';
import { ERASURE_OWNERS, nextOwner, stateOf } from '../../worker/domain/erasure/erasure.ts';
import { anonymous, lapse } from '../../worker/domain/erasure/remains.ts';
import { leftVoucher } from '../../worker/domain/erasure/vouchers.ts';
import { NEVER } from '../../worker/domain/ledger.ts';
import { isNamedIn, namesIn } from '../../worker/domain/privacy-names.ts';
import { giftCard, voucher } from './vouchers/offers.ts';

const name = (kind: KnownName['kind'], erasedMs: number | null): KnownName => ({ kind, erasedMs });

describe('an event is of somebody who was erased', () => {
  it.each<[string, KnownName[], number | null]>([
    ['by none of its names', [name('user', null), name('anonymous', null)], null],
    ['by any name of a person, until the last of their erasures', [name('user', 5), name('email', 9)], 9],
    ['by one name beside others', [name('user', null), name('phone', 5)], 5],
    ['by a browser, where nothing else is named', [name('anonymous', 5)], 5],
    ['not by a browser that somebody else uses', [name('user', null), name('anonymous', 5)], null],
    ['by an order of theirs, whenever it occurs', [name('order', 5), name('user', null)], NEVER],
    ['not by an order of somebody else', [name('order', null), name('anonymous', null)], null],
    ['by a browser beside an order that nobody knows', [name('order', null), name('anonymous', 5)], 5],
    ['by nothing, where nothing is named', [], null],
  ])('%s', (_, names, before) => expect(erasedBefore(names)).toBe(before));
});

describe('points', () => {
  const lot = { lot: 64, expiresAtMs: 9, points: 50, remaining: 30, origin: 'order:o' };

  it('lapse with their lots, by an entry that says so', () => {
    const entry = { kind: 'expired', points: -30, balanceAfter: 0, debt: 0, orderId: null, reason: 'erased' };
    const lots = [{ lot: 64, points: -30, expiresAtMs: 9 }];
    expect(lapse({ balance: 30, debt: 0 }, [lot])).toEqual([{ ...entry, lots }]);
  });

  it('that are owed are owed no more', () => {
    expect(lapse({ balance: -20, debt: 20 }, [])).toMatchObject([{ points: 20, debt: -20, lots: [] }]);
  });

  it('that nobody has need no entry', () => expect(lapse({ balance: 0, debt: 0 }, [])).toEqual([]));

  it('keep their amounts and dates, and nothing that anybody wrote or named', () => {
    const amounts = { kind: 'adjusted' as const, points: 5, balanceAfter: 5, debt: 0 };
    const lots = [{ lot: 128, points: 5, expiresAtMs: 9 }];
    const entry = { ...amounts, lots, orderId: 'o1', reason: 'for Erna', rule: { id: 'r', name: 'Rule' } };
    const times = { seq: 2, atMs: 1, recordedAtMs: 3, programmeVersion: 4 };
    const carried = { customer: 'a-erna', seq: 1, balance: 0 };
    const row = { ...times, kind: 'event' as const, name: 'Placed Order', key: 'k', orderId: 'o1', entries: [entry] };
    expect(anonymous({ ...row, about: { properties: { email: 'e' }, carried } })).toEqual({
      ...{ ...times, kind: 'event', name: null, key: null, orderId: null },
      entries: [{ ...amounts, lots, orderId: null, reason: null, rule: { id: 'r', name: 'Rule' } }],
      about: { carried: { customer: 'erased', seq: 1, balance: 0 } },
    });
  });
});

describe('a voucher', () => {
  const said = { metadata: { for: 'Erna' }, title: 'For Erna', holder: 'a-erna', holderOnly: true };
  const bare = { metadata: {}, title: null, holder: null, holderOnly: false, locks: [], updatedAtMs: 7 };
  const left = (one: ReturnType<typeof voucher>) =>
    leftVoucher({ voucher: one, redemptions: [], credits: [] }, 7).voucher;

  it('with money stays good, with all that is on it, for whoever has its code', () => {
    const { benefit } = giftCard(3_200);
    expect(left({ ...voucher(), ...said, benefit })).toMatchObject({ ...bare, active: true, benefit });
  });

  it('with money that was switched off, or given back, stays so', () => {
    const card = { ...voucher(), ...said, benefit: giftCard(3_200).benefit };
    expect(left({ ...card, active: false }).active).toBe(false);
    expect(left({ ...card, held: { undoneAtMs: 5 } })).toMatchObject({ active: false });
  });

  it('of any other kind is void', () => {
    expect(left({ ...voucher(), ...said })).toMatchObject({ ...bare, active: false });
  });
});

describe('owners', () => {
  it('are asked in their order, each until it has said done', () => {
    const asked = ERASURE_OWNERS.map((_, at) => nextOwner({ done: ERASURE_OWNERS.slice(0, at) }));
    expect(asked).toEqual([...ERASURE_OWNERS]);
    expect(nextOwner({ done: [...ERASURE_OWNERS] })).toBeNull();
  });

  it('have all said done once it is finished', () => {
    const erasure = {
      id: 'e',
      customer: 'c',
      requestedAtMs: 1,
      erasedAtMs: null,
      finishedAtMs: null,
      done: [],
      late: 0,
    };
    expect(stateOf(erasure)).toBe('waiting');
    expect(stateOf({ ...erasure, erasedAtMs: 1 })).toBe('going');
    expect(stateOf({ ...erasure, erasedAtMs: 1, finishedAtMs: 2 })).toBe('done');
  });
});

describe('a request by law', () => {
  const subject = { shopifyId: '1', email: 'e@mail.test', phone: '+49 (0) 30 1234567' };

  it('names a person by id, then e-mail, then phone, each in its one form', () => {
    expect(namesIn({ subject })).toEqual([
      { kind: 'shopify', value: '1' },
      { kind: 'email', value: 'e@mail.test' },
      { kind: 'phone', value: '+49301234567' },
    ]);
    expect(namesIn({ subject: null })).toEqual([]);
  });

  it('is about whoever had one of its names, or one of its orders', () => {
    const request = { subject, orders: ['o1'] };
    expect(isNamedIn(request, [{ kind: 'phone', value: '+49301234567' }])).toBe(true);
    expect(isNamedIn(request, [{ kind: 'order', value: 'o1' }])).toBe(true);
    expect(isNamedIn(request, [{ kind: 'user', value: '1' }])).toBe(false);
    expect(isNamedIn({ subject: null, orders: [] }, [{ kind: 'email', value: 'e@mail.test' }])).toBe(false);
  });
});
