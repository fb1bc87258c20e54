import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  applyConsents,
  CHANNELS,
  CONSENT_STATES,
  type Consent,
  type ConsentChange,
  type ConsentHolder,
  type Consents,
  canReceive,
  LONGEST_PROOF,
  mergeConsents,
  proofOf,
  SUPPRESSION_REASONS,
  type Teller,
} from '../../worker/domain/consent.ts';
import { newHead } from '../../worker/domain/customer.ts';
import { decideEvent } from '../../worker/domain/decide.ts';
import { event, NOW, terms } from './given.ts';

const SERVER: Teller = { trust: 'server', known: true, nowMs: NOW };

function said(state: Consent['state'], atMs: number | null, more: Partial<Consent> = {}): ConsentChange {
  const { source = 'segment', proof = {}, undated } = more;
  return { kind: 'state', channel: 'email', state, atMs, source, proof, ...(undated ? { undated } : {}) };
}

function suppressed(reason: 'manual' | 'bounced' | 'complained', atMs: number | null): ConsentChange {
  return { kind: 'suppressed', channel: 'email', reason, atMs, source: 'segment' };
}

function lifted(atMs: number | null): ConsentChange {
  return { kind: 'lifted', channel: 'email', atMs, source: 'api' };
}

function became(changes: ConsentChange[], teller: Teller = SERVER, before: Consents = {}): Consents {
  return applyConsents(before, changes, teller).consents;
}

function consent(state: Consent['state'], atMs: number, more: Partial<Consent> = {}): Consent {
  return { state, atMs, source: 'segment', trust: 'server', proof: {}, ...more };
}

describe('consent', () => {
  test('is what was said last by its own time; what comes late is recorded and changes nothing', () => {
    const { consents, recorded } = applyConsents({}, [said('subscribed', 20), said('unsubscribed', 10)], SERVER);
    expect(consents).toEqual({
      email: { consent: consent('subscribed', 20), suppression: null, liftedAtMs: null },
    });
    expect(recorded).toEqual([
      { ...said('subscribed', 20), applied: true },
      { ...said('unsubscribed', 10), applied: false },
    ]);
  });

  test('is never given again by a profile that does not say since when, and always withdrawn by one', () => {
    const stale = said('subscribed', 30, { undated: true });
    expect(became([said('unsubscribed', 20, { source: 'hub' }), stale]).email?.consent?.state).toBe('unsubscribed');
    expect(became([stale]).email?.consent?.state).toBe('subscribed');
    expect(became([stale, said('unsubscribed', 20, { source: 'hub' })]).email?.consent?.state).toBe('unsubscribed');
    const withdrawn = said('unsubscribed', 30, { undated: true });
    expect(became([said('subscribed', 20, { source: 'hub' }), withdrawn]).email?.consent?.state).toBe('unsubscribed');
  });

  test('of the same instant is the more restrictive one', () => {
    const told = CONSENT_STATES.map((state) => said(state, 5));
    expect(became(told).email?.consent?.state).toBe('unsubscribed');
    expect(became(told.toReversed()).email?.consent?.state).toBe('unsubscribed');
    expect(became([said('pending', 5), said('subscribed', 5)]).email?.consent?.state).toBe('pending');
  });

  test('said now comes after whatever stands, be it of the same millisecond', () => {
    const told = [said('unsubscribed', NOW), said('subscribed', null), said('unsubscribed', null)];
    expect(became(told).email?.consent).toEqual(consent('unsubscribed', NOW + 2));
  });

  test('of the future counts as of now, and of before 1970 as of its beginning', () => {
    expect(became([said('subscribed', NOW + 9e9)]).email?.consent?.atMs).toBe(NOW);
    expect(became([said('subscribed', -5)]).email?.consent?.atMs).toBe(0);
  });

  test('of a known customer is not changed by a browser; of an unknown one it is kept as what a browser said', () => {
    const browser: Teller = { ...SERVER, trust: 'browser' };
    expect(became([said('subscribed', 5), suppressed('manual', 5)], browser)).toEqual({});
    const unknown = became([said('subscribed', 5), suppressed('manual', 5), lifted(6)], { ...browser, known: false });
    expect(unknown).toEqual({
      email: { consent: consent('subscribed', 5, { trust: 'browser' }), suppression: null, liftedAtMs: null },
    });
    expect(became([said('unsubscribed', 1)], SERVER, unknown).email?.consent).toEqual(consent('unsubscribed', 1));
  });

  test.each<[ConsentChange[], ReturnType<typeof canReceive>]>([
    [[], { allowed: false, reason: 'never_subscribed' }],
    [[said('never_subscribed', 1)], { allowed: false, reason: 'never_subscribed' }],
    [[said('pending', 1)], { allowed: false, reason: 'pending' }],
    [[said('unsubscribed', 1)], { allowed: false, reason: 'unsubscribed' }],
    [[said('subscribed', 1)], { allowed: true }],
    [[said('subscribed', 9), suppressed('bounced', 1)], { allowed: false, reason: 'bounced' }],
    [[said('unsubscribed', 9), suppressed('complained', 1)], { allowed: false, reason: 'complained' }],
    [[suppressed('bounced', 1), lifted(2), said('subscribed', 1)], { allowed: true }],
    [[suppressed('bounced', 2), lifted(2), said('subscribed', 1)], { allowed: false, reason: 'bounced' }],
    [[suppressed('bounced', NOW), lifted(null), said('subscribed', 1)], { allowed: true }],
    [[lifted(5), suppressed('bounced', 4), said('subscribed', 1)], { allowed: true }],
  ])('%j may be written to: %j', (changes, reception) => {
    expect(canReceive(became(changes), 'email')).toEqual(reception);
  });

  test('that only a browser gave is no permission', () => {
    const consents = became([said('subscribed', 1)], { trust: 'browser', known: false, nowMs: NOW });
    expect(canReceive(consents, 'email')).toEqual({ allowed: false, reason: 'unproved' });
  });

  test('has a proof of known texts, each cut to its length', () => {
    const told = { method: 'form', opt_in_level: 'double', ip: 7, password: 'x', text: 'y'.repeat(999) };
    expect(proofOf(told)).toEqual({ method: 'form', optInLevel: 'double', text: 'y'.repeat(LONGEST_PROOF) });
  });

  test('moves with an event, whose row tells what changed; an event without any leaves no word of it', () => {
    const state = { head: { ...newHead(NOW), known: true }, lots: [], orders: new Map() };
    const told = event('k', { consents: [said('subscribed', 5)] });
    const { head, rows } = decideEvent(state, told, terms(), NOW, true).changes;
    expect(head.consents.email?.consent).toEqual(consent('subscribed', 5));
    expect(rows[0]?.about.consents).toEqual([{ ...said('subscribed', 5), applied: true }]);
    expect(decideEvent(state, event('k'), terms(), NOW, true).changes.rows[0]?.about).toEqual({
      source: 'shopify',
      trust: 'server',
      properties: {},
    });
  });
});

const anyChange: fc.Arbitrary<ConsentChange> = fc
  .record({
    channel: fc.constantFrom(...CHANNELS),
    atMs: fc.nat(6),
    source: fc.constantFrom('a', 'b'),
    state: fc.constantFrom(...CONSENT_STATES),
    reason: fc.constantFrom(...SUPPRESSION_REASONS),
    kind: fc.constantFrom('state' as const, 'state' as const, 'suppressed' as const, 'lifted' as const),
    proof: fc.constantFrom({}, { method: 'form' }),
    undated: fc.boolean(),
  })
  .map(({ kind, channel, atMs, source, state, reason, proof, undated }): ConsentChange => {
    const told = { channel, atMs, source };
    if (kind === 'state') return { ...told, kind, state, proof, ...(undated ? { undated } : {}) };
    return kind === 'lifted' ? { ...told, kind } : { ...told, kind, reason };
  });

const anySaying = fc.record({ change: anyChange, trust: fc.constantFrom('server' as const, 'browser' as const) });

function lived(sayings: { change: ConsentChange; trust: 'server' | 'browser' }[], known = false): Consents {
  return sayings.reduce<Consents>(
    (now, { change, trust }) => applyConsents(now, [change], { trust, known, nowMs: NOW }).consents,
    {},
  );
}

const anyHolder: fc.Arbitrary<ConsentHolder> = fc
  .record({ known: fc.boolean(), sayings: fc.array(anySaying, { maxLength: 8 }) })
  .map(({ known, sayings }) => ({ known, consents: lived(sayings, known) }));

describe('changes of consent', () => {
  test('come to the same in any order, told once or twice', () => {
    const shuffled = fc
      .array(anySaying, { maxLength: 10 })
      .chain((sayings) =>
        fc.tuple(
          fc.constant(sayings),
          fc.shuffledSubarray([...sayings, ...sayings], { minLength: 2 * sayings.length }),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([sayings, again]) => {
        expect(lived(again)).toEqual(lived(sayings));
      }),
    );
  });
});

describe('the consents of two who become one', () => {
  const one = (known: boolean, ...changes: ConsentChange[]): ConsentHolder => ({
    known,
    consents: became(changes, { ...SERVER, known }),
  });
  const visitor: ConsentHolder = {
    known: false,
    consents: became([said('subscribed', 9)], { trust: 'browser', known: false, nowMs: NOW }),
  };

  test('keep the older date of the same state, and the newer of different states', () => {
    const merged = (a: ConsentChange, b: ConsentChange) => mergeConsents(one(true, a), one(true, b)).email?.consent;
    expect(merged(said('subscribed', 5), said('subscribed', 9))).toEqual(consent('subscribed', 5));
    expect(merged(said('subscribed', 5), said('unsubscribed', 9))).toEqual(consent('unsubscribed', 9));
    expect(merged(said('subscribed', 9), said('unsubscribed', 5))).toEqual(consent('subscribed', 9));
    expect(merged(said('subscribed', 5), said('unsubscribed', 5))).toEqual(consent('unsubscribed', 5));
  });

  test('let nothing a browser said for a visitor grant or override anything of a known customer', () => {
    expect(mergeConsents(one(true), visitor)).toEqual({});
    expect(mergeConsents(one(true, said('unsubscribed', 1)), visitor).email?.consent).toEqual(
      consent('unsubscribed', 1),
    );
    expect(mergeConsents(one(false), visitor)).toEqual(visitor.consents);
  });

  test('stay suppressed where either was, also where the other was lifted since', () => {
    fc.assert(
      fc.property(anyHolder, anyHolder, (a, b) => {
        const merged = mergeConsents(a, b);
        for (const channel of CHANNELS) {
          const either = [a, b].some(({ consents }) => (consents[channel]?.suppression ?? null) !== null);
          expect((merged[channel]?.suppression ?? null) !== null).toBe(either);
        }
      }),
    );
  });

  test('are the same whichever survives', () => {
    fc.assert(
      fc.property(anyHolder, anyHolder, (a, b) => {
        expect(mergeConsents(a, b)).toEqual(mergeConsents(b, a));
      }),
    );
  });

  test('with nobody, or with oneself, are one’s own', () => {
    const nobody: ConsentHolder = { known: false, consents: {} };
    fc.assert(
      fc.property(anyHolder, (a) => {
        for (const channel of CHANNELS) {
          const [own, merged] = [a.consents[channel], mergeConsents(a, nobody)[channel]];
          expect(merged?.consent ?? null).toEqual(own?.consent ?? null);
          expect(merged?.suppression ?? null).toEqual(own?.suppression ?? null);
          expect(mergeConsents(a, a)[channel]?.consent ?? null).toEqual(own?.consent ?? null);
        }
      }),
    );
  });
});
