/** The drawer's bearer: what it says, how long it is good, and that nothing else is taken for one. */
import { createHmac } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { hmacKeyFor } from '../../worker/shops/crypto.ts';
import { makeSession, readSession } from '../../worker/shops/session-token.ts';

const ROOT = 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY';
const OTHER_ROOT = 'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU';
const NOW = 1_700_000_000_000;
const of = { shop: 'shp_0123456789abcdefghjk', customer: '3-abc', proof: 'merchant_jwt' as const };
const session = { shop: of.shop, customer: of.customer, proof: 'merchant_jwt' };

describe('a session', () => {
  it('says which shop, which customer and which proof, and nothing personal', async () => {
    const { token, ...times } = await makeSession(ROOT, of, NOW);
    expect(times).toEqual({ expiresAtMs: NOW + 900_000, nowMs: NOW });
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(decodeJwt(token)).toEqual({
      iss: 'regulars',
      aud: 'hub',
      sub: of.customer,
      shop: of.shop,
      amr: ['merchant_jwt'],
      iat: NOW / 1000,
      exp: NOW / 1000 + 900,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(await readSession(ROOT, token, NOW)).toEqual(session);
  });

  it('is another one each time', async () => {
    const [a, b] = await Promise.all([makeSession(ROOT, of, NOW), makeSession(ROOT, of, NOW)]);
    expect(a?.token).not.toBe(b?.token);
  });

  it('ends after fifteen minutes', async () => {
    const { token } = await makeSession(ROOT, of, NOW);
    expect(await readSession(ROOT, token, NOW + 899_999)).toEqual(session);
    expect(await readSession(ROOT, token, NOW + 900_000)).toBeNull();
  });

  it('is no session of an installation with another root secret', async () => {
    const { token } = await makeSession(OTHER_ROOT, of, NOW);
    expect(await readSession(ROOT, token, NOW)).toBeNull();
  });

  it('is not one that was signed for something else, or not signed at all', async () => {
    const sign = async (claims: object, purpose: 'session' | 'key-check' = 'session') => {
      const all = {
        iss: 'regulars',
        aud: 'hub',
        sub: '3-abc',
        shop: of.shop,
        amr: [of.proof],
        iat: NOW / 1000,
        exp: NOW / 1000 + 60,
        ...claims,
      };
      return new SignJWT(all).setProtectedHeader({ alg: 'HS256' }).sign(await hmacKeyFor(ROOT, purpose));
    };
    expect(await readSession(ROOT, await sign({}), NOW)).toEqual(session);
    const wrong = [
      { aud: 'console' },
      { iss: of.shop },
      { exp: undefined },
      { shop: undefined },
      { sub: undefined },
      { shop: 5 },
    ];
    for (const claims of wrong) expect(await readSession(ROOT, await sign(claims), NOW)).toBeNull();
    expect(await readSession(ROOT, await sign({}, 'key-check'), NOW)).toBeNull();
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const body = part({
      iss: 'regulars',
      aud: 'hub',
      sub: '3-abc',
      shop: of.shop,
      iat: NOW / 1000,
      exp: NOW / 1000 + 60,
    });
    const none = `${part({ alg: 'none' })}.${body}.`;
    const guessed = `${part({ alg: 'HS256' })}.${body}`;
    const mac = createHmac('sha256', Buffer.from(ROOT, 'base64url')).update(guessed).digest('base64url');
    for (const forged of [none, `${guessed}.${mac}`, '', 'x']) expect(await readSession(ROOT, forged, NOW)).toBeNull();
  });
});
