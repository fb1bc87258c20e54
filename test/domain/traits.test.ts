import { describe, expect, test } from 'vitest';
import { type Head, newHead } from '../../worker/domain/customer.ts';
import type { JsonObject } from '../../worker/domain/json.ts';
import { mergeTraits, profilesAfter } from '../../worker/domain/traits.ts';
import { event, NOW } from './given.ts';

const had = { email: 'a@example.com', phone: '+1', birthday: '1990-01-01', firstName: 'Ann', city: 'Ghent' };

function head(changes: Partial<Head> = {}): Head {
  return { ...newHead(NOW), known: true, traits: had, ...changes };
}

function told(traits: JsonObject | null, trust: 'server' | 'browser' = 'server') {
  return event('k', { traits, trust });
}

describe('a profile', () => {
  test('takes what is given, drops what is null, keeps the rest', () => {
    expect(mergeTraits(head(), told({ city: null, firstName: 'Anna', size: 38 }))).toEqual({
      email: 'a@example.com',
      phone: '+1',
      birthday: '1990-01-01',
      firstName: 'Anna',
      size: 38,
    });
  });

  test('stays as it is where an event brings no traits', () => {
    expect(mergeTraits(head(), told(null))).toEqual(had);
  });

  test('is not changed in place', () => {
    const before = head();
    mergeTraits(before, told({ city: null, email: 'b@example.com' }));
    expect(before.traits).toEqual(had);
  });

  test.each(['email', 'phone', 'birthday', 'consent', 'userId', 'shopifyId'])(
    'of a known customer: a browser neither rewrites nor removes %s',
    (name) => {
      const before = { ...had, [name]: 'said by the shop' };
      const known = head({ traits: before });
      expect(mergeTraits(known, told({ [name]: 'said by a browser' }, 'browser'))).toEqual(before);
      expect(mergeTraits(known, told({ [name]: null }, 'browser'))).toEqual(before);
      expect(mergeTraits(known, told({ [name]: 'said by a server' }))).toEqual({
        ...before,
        [name]: 'said by a server',
      });
    },
  );

  test('of a known customer: a browser adds what nobody said, and rewrites neither a name nor anything else', () => {
    const said = { city: 'Bruges', email: 'x@example.com', firstName: 'Rude', name: 'Words', size: 38 };
    const before = head();
    expect(mergeTraits(before, told(said, 'browser'))).toEqual({ ...before.traits, size: 38 });
    expect(mergeTraits(before, told({ city: null }, 'browser'))).toEqual(before.traits);
  });

  test('of somebody unknown takes a browser at its word', () => {
    const visitor = head({ known: false, traits: {} });
    expect(mergeTraits(visitor, told({ email: 'x@example.com' }, 'browser'))).toEqual({ email: 'x@example.com' });
  });

  test.each(['__proto__', 'constructor', 'toString'])('gives nobody the powers of %s', (name) => {
    const merged = mergeTraits(head(), told(JSON.parse(`{"${name}": {"admin": true}, "size": 38}`)));
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
    expect('admin' in merged).toBe(false);
    expect('admin' in {}).toBe(false);
    expect(merged.size).toBe(38);
  });

  test('takes over nothing of an event that would make it too large', () => {
    const many = Object.fromEntries(Array.from({ length: 301 }, (_, at) => [`t${at}`, at]));
    expect(mergeTraits(head(), told(many))).toEqual(had);
    expect(mergeTraits(head(), told({ story: 'x'.repeat(32_000) }))).toEqual(had);
    const enough = Object.fromEntries(Array.from({ length: 295 }, (_, at) => [`t${at}`, at]));
    expect(mergeTraits(head(), told(enough))).toEqual({ ...had, ...enough });
  });

  test('that a source told whole is not overwritten by an older one of the same source', () => {
    const profiles = { shopify: NOW };
    const stale = event('k', { traits: { city: 'Old' }, profileAtMs: NOW - 1 });
    expect(mergeTraits(head({ profiles }), stale)).toEqual(had);
    expect(profilesAfter(head({ profiles }), stale)).toEqual(profiles);
    const other = event('k', { traits: { city: 'New' }, profileAtMs: NOW - 1, source: 'woocommerce' });
    expect(mergeTraits(head({ profiles }), other)).toEqual({ ...had, city: 'New' });
    expect(profilesAfter(head({ profiles }), other)).toEqual({ shopify: NOW, woocommerce: NOW - 1 });
    const newer = event('k', { traits: { city: 'New' }, profileAtMs: NOW + 1 });
    expect(profilesAfter(head({ profiles }), newer)).toEqual({ shopify: NOW + 1 });
  });

  test('told in part has no instant to compare', () => {
    const some = event('k', { traits: { city: 'New' } });
    expect(mergeTraits(head({ profiles: { shopify: NOW + 9 } }), some)).toEqual({ ...had, city: 'New' });
    expect(profilesAfter(head(), some)).toEqual({});
  });
});
