/** Reads Shopify's JSON without losing digits, and its money without floats. */
import { isObject, type JsonObject, objectOf, textOf } from '../../domain/json.ts';
import { toMinor } from '../../domain/money.ts';

/** Parses a payload; whole numbers that a double cannot hold (ids above 2^53) stay as their own text. null: no JSON object. */
export function parseExact(bytes: Uint8Array): JsonObject | null {
  try {
    const text = new TextDecoder('utf-8', {
      fatal: true,
      ignoreBOM: false,
    }).decode(bytes);
    const value: unknown = JSON.parse(text, keepDigits);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function keepDigits(this: unknown, _key: string, value: unknown, context?: { source?: string }): unknown {
  const lost = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
  return lost && context?.source !== undefined && /^-?\d+$/.test(context.source) ? context.source : value;
}

/** The amount in the shop's own money: `{name}_set.shop_money` where it is there, else the plain field. */
export function shopMinor(from: JsonObject, name: string, currency: string): number | null {
  const inSet = objectOf(objectOf(from, `${name}_set`), 'shop_money');
  return toMinor(inSet.amount ?? from[name], currency);
}

/** The currency of the shop's money in an order: that of its money sets, else the plain field. */
export function shopCurrency(order: JsonObject): string | null {
  for (const name of ['current_subtotal_price_set', 'subtotal_price_set', 'total_price_set']) {
    const code = textOf(objectOf(objectOf(order, name), 'shop_money'), 'currency_code');
    if (code !== null) return code;
  }
  return textOf(order, 'currency');
}

export function instantOf(from: JsonObject, name: string): number | null {
  const text = textOf(from, name);
  const at = text === null ? Number.NaN : new Date(text).getTime();
  return Number.isFinite(at) ? at : null;
}

/** A link that a shopper may be given: https only. */
export function httpsOrNull(text: string | null): string | null {
  return text !== null && URL.canParse(text) && new URL(text).protocol === 'https:' ? text : null;
}
