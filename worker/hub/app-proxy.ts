/**
 * The query that Shopify's app proxy signs (shopify.dev, "Authenticate app proxies"). Pure: reads the query as it came,
 * never rebuilds it, and never shows it to anyone: a signed query is as good as a password for 90 seconds.
 */
import { type ProofRefusal, type Proved, refused } from './proof.ts';

const SKEW_SECONDS = 90;
/** Repeated, these would let one part of the check read another value than the rest. */
const ONCE = ['signature', 'shop', 'timestamp', 'hmac', 'logged_in_customer_id', 'path_prefix'];

export interface ProxyTerms {
  /** The shop's myshopify.com domain; null where no Shopify source is connected. */
  domain: string | null;
  /** The app's client secret, and the one before it while a rotation lasts. */
  secrets: readonly string[];
  nowMs: number;
}

/** Who is signed in at the storefront, as Shopify swears; a guest where nobody is. */
export async function proveByAppProxy(query: string, terms: ProxyTerms): Promise<Proved> {
  if (terms.domain === null) return refused({ reason: 'no_shopify' });
  const parameters = parametersOf(query);
  const broken = brokenForm(parameters);
  if (broken !== null) return refused(broken);
  if (!(await isSigned(parameters, terms.secrets))) return refused({ reason: 'wrong_query_signature' });
  const only = (name: string) => parameters.get(name)?.[0] ?? '';
  const seconds = Number(only('timestamp'));
  if (Math.abs(terms.nowMs / 1000 - seconds) > SKEW_SECONDS) {
    return refused({ reason: 'stale_query', mostSeconds: SKEW_SECONDS });
  }
  if (only('shop').toLowerCase() !== terms.domain) return refused({ reason: 'other_shop' });
  return shopperOf(only('logged_in_customer_id'));
}

/** The text that Shopify signs: `key=value` with decoded values, repeated keys joined, sorted by bytes, nothing between. */
export function canonicalText(parameters: ReadonlyMap<string, readonly string[]>): string {
  const pairs = [...parameters].filter(([name]) => name !== 'signature');
  return pairs
    .map(([name, values]) => `${name}=${values.join(',')}`)
    .sort(byBytes)
    .join('');
}

export function parametersOf(query: string): Map<string, string[]> {
  const parameters = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(query)) {
    parameters.set(name, [...(parameters.get(name) ?? []), value]);
  }
  return parameters;
}

function brokenForm(parameters: ReadonlyMap<string, readonly string[]>): ProofRefusal | null {
  const repeated = ONCE.find((name) => (parameters.get(name)?.length ?? 0) > 1);
  if (repeated !== undefined) return { reason: 'repeated_parameter', name: repeated };
  const forms = { signature: /^[0-9a-f]{64}$/, shop: /./, timestamp: /^\d{1,15}$/ };
  const missing = Object.entries(forms).find(([name, form]) => !form.test(parameters.get(name)?.[0] ?? ''));
  return missing === undefined ? null : { reason: 'missing_parameter', name: missing[0] };
}

/** Compares in constant time; the platform's own verify does. */
async function isSigned(parameters: ReadonlyMap<string, readonly string[]>, secrets: readonly string[]) {
  const hex = parameters.get('signature')?.[0] ?? '';
  const signature = Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  const text = new TextEncoder().encode(canonicalText(parameters));
  for (const secret of secrets) {
    const how = { name: 'HMAC', hash: 'SHA-256' };
    const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), how, false, ['verify']);
    if (await crypto.subtle.verify('HMAC', key, signature, text)) return true;
  }
  return false;
}

function shopperOf(id: string): Proved {
  if (id === '') return { kind: 'guest' };
  if (!/^[1-9]\d{0,19}$/.test(id)) return refused({ reason: 'wrong_customer' });
  const identifiers: [{ kind: 'shopify'; value: string }] = [{ kind: 'shopify', value: id }];
  return { kind: 'shopper', shopper: { proof: 'shopify_proxy', identifiers, traits: { shopifyId: id } } };
}

/** UTF-8 bytes and code points sort alike; UTF-16 units, which `sort()` compares, do not. */
function byBytes(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  const at = left.findIndex((char, index) => char !== right[index]);
  if (at < 0) return left.length - right.length;
  return (left[at]?.codePointAt(0) ?? -1) - (right[at]?.codePointAt(0) ?? -1);
}
