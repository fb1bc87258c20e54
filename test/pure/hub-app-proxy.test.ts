/** The app proxy's signature: Shopify's own vectors, and every way a query can be bent. */
import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonicalText, parametersOf, proveByAppProxy } from '../../worker/hub/app-proxy.ts';

const VECTORS = join(import.meta.dirname, '../../../shared/fixtures/vectors.json');
const NOW = 1_700_000_000;
const DOMAIN = 'shop-name.myshopify.com';
const terms = { domain: DOMAIN, secrets: ['hush'], nowMs: NOW * 1000 };

const facts = (more: Record<string, string> = {}) => ({
  shop: DOMAIN,
  logged_in_customer_id: '7',
  path_prefix: '/apps/hub',
  timestamp: String(NOW),
  ...more,
});

/** Signs as Shopify documents it, written apart from the code under test. */
function sign(pairs: [string, string][], secret = 'hush'): string {
  const values: Record<string, string[]> = {};
  for (const [name, value] of pairs) values[name] = [...(values[name] ?? []), value];
  const text = Object.entries(values)
    .map(([name, list]) => Buffer.from(`${name}=${list.join(',')}`))
    .sort(Buffer.compare)
    .join('');
  return createHmac('sha256', secret).update(text).digest('hex');
}

function query(pairs: [string, string][], secret = 'hush'): string {
  return new URLSearchParams([...pairs, ['signature', sign(pairs, secret)]]).toString();
}

const signed = (more: Record<string, string> = {}) => query(Object.entries(facts(more)));
const seven = {
  kind: 'shopper',
  shopper: {
    proof: 'shopify_proxy',
    identifiers: [{ kind: 'shopify', value: '7' }],
    traits: { shopifyId: '7' },
  },
};

describe('the signature of the app proxy', () => {
  it.skipIf(!existsSync(VECTORS))('covers what the vectors of the fixtures say it covers', async () => {
    const { shopifyAppProxy } = JSON.parse(readFileSync(VECTORS, 'utf8'));
    expect(shopifyAppProxy.length).toBeGreaterThan(3);
    for (const { secret, canonical, signature } of shopifyAppProxy) {
      const names = /(extra|a|b|logged_in_customer_id|path_prefix|shop|timestamp)=/g;
      const found = [...canonical.matchAll(names)];
      const pairs = found.flatMap((match, index): [string, string][] => {
        const value = canonical.slice(match.index + match[0].length, found[index + 1]?.index);
        return match[1] === 'extra' ? value.split(',').map((one: string) => ['extra', one]) : [[match[1], value]];
      });
      const shuffled = new URLSearchParams([...pairs].reverse().concat([['signature', signature]])).toString();
      const back = shuffled.replace('extra=2&extra=1', 'extra=1&extra=2');
      expect(canonicalText(parametersOf(back))).toBe(canonical);
      const at = Number(pairs.find(([name]) => name === 'timestamp')?.[1]) * 1000;
      const domain = pairs.find(([name]) => name === 'shop')?.[1] ?? '';
      const proved = await proveByAppProxy(back, { domain, secrets: [secret], nowMs: at });
      expect(proved.kind).toBe(/customer_id=\d/.test(canonical) ? 'shopper' : 'guest');
    }
  });

  it('proves the shopper whom Shopify names', async () => {
    expect(await proveByAppProxy(signed(), terms)).toEqual(seven);
    expect(await proveByAppProxy(`?${signed()}`, terms)).toEqual(seven);
  });

  it('is good under the secret before while a rotation lasts, and under no other', async () => {
    const old = query(Object.entries(facts()), 'before');
    expect(await proveByAppProxy(old, { ...terms, secrets: ['hush', 'before'] })).toEqual(seven);
    expect(await proveByAppProxy(old, terms)).toEqual(refusal({ reason: 'wrong_query_signature' }));
    expect(await proveByAppProxy(old, { ...terms, secrets: [] })).toEqual(refusal({ reason: 'wrong_query_signature' }));
  });

  it('sorts names by their bytes, not by a language or by UTF-16', async () => {
    const pairs = Object.entries(facts({ a_b: '1', aB: '2', ab: '3', Z: '4', '\u{1F600}': '5', '\uFF5E': '6' }));
    expect(await proveByAppProxy(query(pairs), terms)).toEqual(seven);
  });

  it('covers decoded values, and repeated names joined by a comma', async () => {
    const pairs: [string, string][] = [...Object.entries(facts()), ['tag', 'é x'], ['tag', 'a&b=c']];
    expect(await proveByAppProxy(query(pairs), terms)).toEqual(seven);
    expect(await proveByAppProxy(query(pairs).replace('+x', '%20x'), terms)).toEqual(seven);
  });

  it.each(Object.keys(facts()))('breaks when %s is changed, added to or left out', async (name) => {
    const whole = new URLSearchParams(signed());
    whole.set(name, `${whole.get(name)}1`);
    const without = new URLSearchParams(signed());
    without.delete(name);
    for (const bent of [whole, without]) expect((await proveByAppProxy(bent.toString(), terms)).kind).toBe('refused');
    const more = new URLSearchParams(signed());
    more.set('other', 'x');
    expect(await proveByAppProxy(more.toString(), terms)).toEqual(refusal({ reason: 'wrong_query_signature' }));
  });

  it.each([...Object.keys(facts()), 'signature', 'hmac'])('refuses %s given twice, though signed so', async (name) => {
    const pairs = Object.entries(facts({ hmac: 'x' }));
    const again: [string, string] = [
      name,
      name === 'signature' ? sign(pairs) : (Object.fromEntries(pairs)[name] ?? ''),
    ];
    const twice = name === 'signature' ? `${query(pairs)}&signature=${again[1]}` : query([...pairs, again]);
    expect(await proveByAppProxy(twice, terms)).toEqual(refusal({ reason: 'repeated_parameter', name }));
  });

  it('takes only the lower-case hexadecimal digest', async () => {
    const upper = signed().replace(/signature=(\w+)/, (_, hex) => `signature=${hex.toUpperCase()}`);
    const missing = refusal({ reason: 'missing_parameter', name: 'signature' });
    expect(await proveByAppProxy(upper, terms)).toEqual(missing);
    expect(await proveByAppProxy(signed().replace(/signature=\w+/, 'signature='), terms)).toEqual(missing);
    expect(await proveByAppProxy('', terms)).toEqual(missing);
  });
});

describe('the facts of a signed query', () => {
  it('are those of the last and the next 90 seconds', async () => {
    for (const off of [-90, 90])
      expect(await proveByAppProxy(signed({ timestamp: `${NOW + off}` }), terms)).toEqual(seven);
    for (const off of [-91, 91]) {
      const stale = refusal({ reason: 'stale_query', mostSeconds: 90 });
      expect(await proveByAppProxy(signed({ timestamp: `${NOW + off}` }), terms)).toEqual(stale);
    }
  });

  it.each(['', 'now', '1e9', '1.5', '-1', 'Infinity', ' 1700000000', '0x65'])(
    'refuse the timestamp "%s"',
    async (at) => {
      const missing = refusal({ reason: 'missing_parameter', name: 'timestamp' });
      expect(await proveByAppProxy(signed({ timestamp: at }), terms)).toEqual(missing);
    },
  );

  it('are for this shop and no other', async () => {
    const other = signed({ shop: 'other.myshopify.com' });
    expect(await proveByAppProxy(other, terms)).toEqual(refusal({ reason: 'other_shop' }));
    expect(await proveByAppProxy(signed(), { ...terms, domain: null })).toEqual(refusal({ reason: 'no_shopify' }));
  });

  it('name a guest by an empty customer, which is no error', async () => {
    expect(await proveByAppProxy(signed({ logged_in_customer_id: '' }), terms)).toEqual({ kind: 'guest' });
    const { logged_in_customer_id: _, ...absent } = facts();
    expect(await proveByAppProxy(query(Object.entries(absent)), terms)).toEqual({ kind: 'guest' });
  });

  it.each(['0', '007', '-7', '7a', '1e3', '9'.repeat(21)])('refuse the customer "%s"', async (id) => {
    const wrong = refusal({ reason: 'wrong_customer' });
    expect(await proveByAppProxy(signed({ logged_in_customer_id: id }), terms)).toEqual(wrong);
  });

  it('keep a number above 2^53 as it is', async () => {
    const proved = await proveByAppProxy(signed({ logged_in_customer_id: '9007199254740993' }), terms);
    expect(proved).toMatchObject({ shopper: { identifiers: [{ kind: 'shopify', value: '9007199254740993' }] } });
  });

  it('may hold names of the prototype', async () => {
    const pairs: [string, string][] = [...Object.entries(facts()), ['__proto__', 'x'], ['constructor', 'y']];
    const text = pairs
      .map(([name, value]) => `${name}=${value}`)
      .sort()
      .join('');
    const signature = createHmac('sha256', 'hush').update(text).digest('hex');
    const bent = new URLSearchParams([...pairs, ['signature', signature]]).toString();
    expect(await proveByAppProxy(bent, terms)).toEqual(seven);
  });
});

function refusal(refusal: object) {
  return { kind: 'refused', refusal };
}
