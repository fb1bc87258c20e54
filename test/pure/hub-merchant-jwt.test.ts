/** The merchant's token: what it takes to be believed, and each known way to forge one. */
import { createHmac } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { type IdentityKey, proveByToken } from '../../worker/hub/merchant-jwt.ts';
import { detailOf } from '../../worker/hub/proof.ts';

const SHOP = 'shp_0123456789abcdefghjk';
const NOW = 1_700_000_000;
const SECRET = 'a secret that the shop shares with us';

const keys = new Map<string, IdentityKey>([['kid_h', { algorithm: 'HS256', secret: SECRET }]]);
let elliptic: CryptoKey;
let publicKey: string;

beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  elliptic = pair.privateKey;
  publicKey = JSON.stringify(await exportJWK(pair.publicKey));
  keys.set('kid_e', { algorithm: 'ES256', secret: publicKey });
  keys.set('kid_private', { algorithm: 'ES256', secret: JSON.stringify(await exportJWK(pair.privateKey)) });
  keys.set('kid_oct', { algorithm: 'ES256', secret: JSON.stringify({ kty: 'oct', k: 'c2VjcmV0' }) });
  // what a look-up by prefix or a careless merchant could come upon
  for (const kid of ['kid_h:old', 'k'.repeat(65)]) keys.set(kid, { algorithm: 'HS256', secret: SECRET });
  keys.set('kid_empty', { algorithm: 'HS256', secret: '' });
});

const prove = (token: string, nowSeconds = NOW) =>
  proveByToken(token, { shop: SHOP, keyOf: async (kid) => keys.get(kid) ?? null, nowMs: nowSeconds * 1000 });

const claims = (more: object = {}) => ({
  iss: SHOP,
  aud: 'regulars',
  sub: 'shopify:7',
  iat: NOW,
  exp: NOW + 300,
  ...more,
});
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const header = { alg: 'HS256', typ: 'JWT', kid: 'kid_h' };

function token(more: object = {}, head: object = header, secret = SECRET): string {
  const text = `${part(head)}.${part(claims(more))}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

const refusal = (reason: string, facts: object = {}) => ({ kind: 'refused', refusal: { reason, ...facts } });
const shopper = (identifiers: object[], traits: object) => ({
  kind: 'shopper',
  shopper: { proof: 'merchant_jwt', identifiers, traits },
});

describe('who a token proves', () => {
  it.each([
    ['shopify:9007199254740993', { kind: 'shopify', value: '9007199254740993' }, { shopifyId: '9007199254740993' }],
    ['user:u-1', { kind: 'user', value: 'u-1' }, { userId: 'u-1' }],
    ['u-1', { kind: 'user', value: 'u-1' }, { userId: 'u-1' }],
    ['user:shopify:7', { kind: 'user', value: 'shopify:7' }, { userId: 'shopify:7' }],
    ['woo:12', { kind: 'user', value: 'woo:12' }, { userId: 'woo:12' }],
  ])('reads %s', async (sub, identifier, traits) => {
    expect(await prove(token({ sub }))).toEqual(shopper([identifier], traits));
  });

  it('takes e-mail and name from the signed claims, the e-mail as an identifier too', async () => {
    const proved = await prove(token({ email: ' Ada@Example.com ', name: ' Ada Lovelace ', points: 1_000_000 }));
    const identifiers = [
      { kind: 'shopify', value: '7' },
      { kind: 'email', value: 'ada@example.com' },
    ];
    expect(proved).toEqual(shopper(identifiers, { shopifyId: '7', email: 'ada@example.com', name: 'Ada Lovelace' }));
  });

  it('leaves out an e-mail that the shop itself calls unverified, and one that is none', async () => {
    const bare = shopper([{ kind: 'shopify', value: '7' }], { shopifyId: '7' });
    expect(await prove(token({ email: 'ada@example.com', email_verified: false }))).toEqual(bare);
    for (const email of ['', 'ada', 5, null, ['a@b.c']]) expect(await prove(token({ email }))).toEqual(bare);
  });

  it.each([
    undefined,
    null,
    7,
    '',
    'user:',
    'shopify:',
    'shopify:0',
    'shopify:7a',
    'shopify:gid://shopify/Customer/7',
    'null',
    'undefined',
    'user:[object Object]',
    '0',
    ' u',
    'u\n',
    'u'.repeat(256),
    `user:${'u'.repeat(256)}`,
  ])('refuses the subject %j', async (sub) => {
    expect(await prove(token({ sub }))).toEqual(refusal('wrong_subject'));
  });
});

describe('the signature of a token', () => {
  it('is believed from the public key that the shop registered', async () => {
    const signed = await new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', kid: 'kid_e' }).sign(elliptic);
    expect((await prove(signed)).kind).toBe('shopper');
  });

  it('refuses a token without signature', async () => {
    const none = { alg: 'none', kid: 'kid_h' };
    expect(await prove(`${part(none)}.${part(claims())}.`)).toEqual(refusal('wrong_algorithm', { expected: 'HS256' }));
    expect(await prove(`${part(header)}.${part(claims())}.`)).toEqual(refusal('wrong_token_signature'));
    expect(await prove(`${part({ ...none, alg: 'NONE' })}.${part(claims())}.`)).toMatchObject({ kind: 'refused' });
  });

  it('refuses a token signed with the public key as HMAC secret', async () => {
    const forged = token({}, { alg: 'HS256', kid: 'kid_e' }, publicKey);
    expect(await prove(forged)).toEqual(refusal('wrong_algorithm', { expected: 'ES256' }));
    const disguised = token({}, { alg: 'ES256', kid: 'kid_e' }, publicKey);
    expect(await prove(disguised)).toEqual(refusal('wrong_token_signature'));
  });

  it('refuses another algorithm of the same family than the one pinned to the key', async () => {
    const text = `${part({ ...header, alg: 'HS512' })}.${part(claims())}`;
    const longer = `${text}.${createHmac('sha512', SECRET).update(text).digest('base64url')}`;
    expect(await prove(longer)).toEqual(refusal('wrong_algorithm', { expected: 'HS256' }));
  });

  it('refuses a key it carries itself, another secret, changed claims, and a header that asks for more', async () => {
    expect(await prove(token({}, header, 'another'))).toEqual(refusal('wrong_token_signature'));
    const [head, , mac] = token().split('.');
    expect(await prove(`${head}.${part(claims({ sub: 'shopify:8' }))}.${mac}`)).toEqual(
      refusal('wrong_token_signature'),
    );
    const jwk = { kty: 'oct', k: Buffer.from('mine').toString('base64url') };
    expect(await prove(token({}, { ...header, jwk }, 'mine'))).toEqual(refusal('wrong_token_signature'));
    for (const crit of [['b64'], ['exp'], []]) {
      expect(await prove(token({}, { ...header, b64: false, crit }))).toEqual(refusal('critical_header'));
    }
  });

  it('refuses a key that the shop does not have, and one that cannot verify', async () => {
    for (const kid of [undefined, '', 5, null]) {
      expect(await prove(token({}, { ...header, kid }))).toEqual(refusal('missing_kid'));
    }
    for (const kid of ['kid_x', 'kid_h:old', '__proto__', 'k'.repeat(65)]) {
      expect(await prove(token({}, { ...header, kid }))).toEqual(refusal('unknown_kid'));
    }
    expect(await prove(token({}, { alg: 'ES256', kid: 'kid_oct' }))).toEqual(refusal('unusable_key'));
    expect(await prove(token({}, { alg: 'HS256', kid: 'kid_empty' }, 'x'))).toEqual(refusal('unusable_key'));
  });

  it('takes the public members of a key alone, should a private one be stored', async () => {
    const head = { alg: 'ES256', kid: 'kid_private' };
    expect((await prove(await new SignJWT(claims()).setProtectedHeader(head).sign(elliptic))).kind).toBe('shopper');
  });

  it('refuses what is no token', async () => {
    for (const text of ['', 'a', 'a.b', 'a.b.c', `${part([])}.${part({})}.x`, `${part('x')}..`, '..']) {
      expect((await prove(text)).kind).toBe('refused');
    }
    for (const payload of [part([]), part('text'), part(null), '', Buffer.from([0xff]).toString('base64url')]) {
      const text = `${part(header)}.${payload}`;
      const mac = createHmac('sha256', SECRET).update(text).digest('base64url');
      expect(await prove(`${text}.${mac}`)).toEqual(refusal('malformed_token'));
    }
  });
});

describe('the claims of a token', () => {
  it.each(['shp_other', [SHOP], '', undefined, null])('refuse the issuer %j', async (iss) => {
    expect(await prove(token({ iss }))).toEqual(refusal('wrong_issuer'));
  });

  it.each(['hub', ['regulars'], '', undefined, null])('refuse the audience %j', async (aud) => {
    expect(await prove(token({ aud }))).toEqual(refusal('wrong_audience'));
  });

  it.each([undefined, null, '1700000000', true])('need numbers for times, not %j', async (time) => {
    expect(await prove(token({ iat: time }))).toEqual(refusal('missing_time', { claim: 'iat' }));
    expect(await prove(token({ exp: time }))).toEqual(refusal('missing_time', { claim: 'exp' }));
  });

  it('live for ten minutes at most, and not backwards', async () => {
    expect((await prove(token({ exp: NOW + 600 }))).kind).toBe('shopper');
    const wrong = refusal('wrong_lifetime', { mostSeconds: 600 });
    for (const exp of [NOW + 601, NOW + 1e12, NOW, NOW - 1]) expect(await prove(token({ exp }))).toEqual(wrong);
  });

  it('end half a minute after they say, not later', async () => {
    expect((await prove(token(), NOW + 329)).kind).toBe('shopper');
    expect(await prove(token(), NOW + 330)).toEqual(refusal('expired'));
  });

  it('begin half a minute before they say, not earlier', async () => {
    expect((await prove(token(), NOW - 30)).kind).toBe('shopper');
    expect(await prove(token(), NOW - 31)).toEqual(refusal('issued_later'));
    expect(await prove(token({ nbf: NOW + 31 }))).toEqual(refusal('not_yet_valid'));
    expect(await prove(token({ nbf: 'soon' }))).toEqual(refusal('not_yet_valid'));
    expect((await prove(token({ nbf: NOW + 30 }))).kind).toBe('shopper');
  });
});

describe('a refusal', () => {
  it('tells the developer the rule and nothing of the token or the key', async () => {
    const tokens = [
      token({ iss: 'shp_x' }),
      token({}, header, 'wrong'),
      token({ exp: NOW + 900 }),
      token({ sub: 'null' }),
    ];
    const proofs = await Promise.all(tokens.map((one) => prove(one)));
    const details = proofs.map((one) => (one.kind === 'refused' ? detailOf(one.refusal) : 'believed'));
    expect(details).toEqual([
      '"iss" must be the shop\'s id, as text.',
      "The token's signature does not belong to it.",
      '"exp" must be after "iat" by at most 600 seconds.',
      '"sub" must be "shopify:<number>", "user:<id>" or the user\'s id, of at most 255 characters.',
    ]);
  });
});
