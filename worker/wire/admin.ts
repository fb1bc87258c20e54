/** What the merchant's API sends and receives. Unknown fields are refused; amounts are whole minor units. */
import { z } from '@hono/zod-openapi';
import { codeLink, hubLink, origin, page } from './parts.ts';

const links = {
  signIn: hubLink,
  createAccount: hubLink,
  account: hubLink,
  privacy: hubLink,
  terms: hubLink,
  applyCode: codeLink.describe(
    'Puts a code of the wallet into the cart: an https address with `{code}` in it. null: of a connected Shopify ' +
      'shop its own, /discount/{code}; of others there is none',
  ),
};
const shopName = z.string().trim().min(1).max(120);
const locale = z.string().refine(isLocale, 'must be a BCP 47 language tag, such as en or de-AT');

export const NewShop = z
  .strictObject({
    name: shopName,
    currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, such as EUR'),
    timeZone: z.string().refine(isTimeZone, 'must be an IANA time zone, such as Europe/Berlin'),
    locale,
    mode: z.enum(['live', 'test']),
    origins: z.array(origin).max(50).default([]),
    layout: z.enum(['shared', 'per_customer']).default('shared').describe('How customers share objects; kept for life'),
  })
  .openapi('NewShop');
export type NewShop = z.infer<typeof NewShop>;

export const ShopChange = z
  .strictObject({
    name: shopName.optional(),
    locale: locale.optional(),
    origins: z.array(origin).max(50).optional(),
    links: z.strictObject(links).partial().optional(),
    ingestPerSecond: z
      .int()
      .min(1)
      .max(100_000)
      .optional()
      .describe('Of one key, in each isolate: requests of a write key, events of a publishable one'),
  })
  .refine((change) => Object.keys(change).length > 0, 'names nothing to change')
  .openapi('ShopChange');
export type ShopChange = z.infer<typeof ShopChange>;

export const Shop = z
  .object({
    id: z.string(),
    version: z.int(),
    name: z.string(),
    currency: z.string(),
    timeZone: z.string(),
    locale: z.string(),
    mode: z.enum(['live', 'test']),
    layout: z.enum(['shared', 'per_customer']),
    origins: z.array(z.string()),
    links: z.object(links),
    orderSource: z.enum(['shopify', 'segment']).describe('Whose orders earn, count and show'),
    shopify: z
      .object({
        domain: z.string(),
        uninstalledAtMs: z.int().nullable().describe('When the app was removed in Shopify; connect again to go on'),
      })
      .nullable(),
    ingestPerSecond: z.int(),
    createdAtMs: z.int(),
  })
  .openapi('Shop');

export const ShopCreated = z
  .object({
    shop: Shop,
    keys: z
      .object({
        publishable: z.string(),
        write: z.string(),
        secret: z.string(),
      })
      .describe('Shown once; only hashes are stored'),
  })
  .openapi('ShopCreated');
export const ShopList = page(
  z.object({
    id: z.string(),
    name: z.string(),
    mode: z.string(),
    createdAtMs: z.int(),
  }),
).openapi('ShopList');

const scope = z.enum(['events', 'hub', 'redeem', 'customers', 'points', 'programme', 'settings', 'keys']);
export const Key = z
  .object({
    id: z.string(),
    kind: z.enum(['publishable', 'write', 'secret']),
    hint: z.string().describe('How the key begins and ends'),
    scopes: z.array(scope),
    createdAtMs: z.int(),
    endsAtMs: z.int().nullable(),
  })
  .openapi('Key');
export const KeyList = z.object({ items: z.array(Key) }).openapi('KeyList');
export const NewKey = z
  .strictObject({
    kind: z.enum(['publishable', 'write', 'secret']),
    scopes: z.array(scope).min(1).optional().describe('Fewer than the kind allows; default: all of them'),
  })
  .openapi('NewKey');
export const KeyCreated = z.object({ key: Key, secret: z.string().describe('Shown once') }).openapi('KeyCreated');
export const Rotation = z
  .strictObject({
    overlapSeconds: z.int().min(0).max(2_592_000).default(86_400),
  })
  .openapi('Rotation', { description: 'How long the old one stays good' });

export const ShopifySource = z
  .strictObject({
    domain: z
      .string()
      .trim()
      .toLowerCase()
      .regex(/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/, "must be the shop's myshopify.com domain"),
    secret: z.string().min(4).max(200).describe("The app's client secret, which signs webhooks and the app proxy"),
  })
  .openapi('ShopifySource');
export const ShopifySourceView = z
  .object({
    domain: z.string(),
    webhookPath: z.string(),
    proxyPath: z.string(),
  })
  .openapi('ShopifySourceView');

export const NewIdentityKey = z
  .discriminatedUnion('algorithm', [
    z.strictObject({ algorithm: z.literal('HS256') }),
    z.strictObject({
      algorithm: z.literal('ES256'),
      publicKey: z.strictObject({
        kty: z.literal('EC'),
        crv: z.literal('P-256'),
        x: z.string().min(40).max(50),
        y: z.string().min(40).max(50),
        kid: z.string().optional(),
        alg: z.string().optional(),
        use: z.string().optional(),
      }),
    }),
  ])
  .openapi('NewIdentityKey');
export const IdentityKey = z
  .object({
    id: z.string().describe('The `kid` of tokens signed with it'),
    algorithm: z.enum(['HS256', 'ES256']),
    createdAtMs: z.int(),
    endsAtMs: z.int().nullable(),
  })
  .openapi('IdentityKey');
export const IdentityKeyCreated = IdentityKey.extend({
  secret: z.string().nullable().describe('HS256 only, shown once'),
}).openapi('IdentityKeyCreated');
export const IdentityKeyList = z.object({ items: z.array(IdentityKey) }).openapi('IdentityKeyList');

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).format(0) !== '';
  } catch {
    return false;
  }
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
