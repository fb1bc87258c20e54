/** The merchant's proof of who is signed in: a short HS256 JWT, made on the shop's server for the shopper of this request. */
import { createHmac } from 'node:crypto';
import type { Shopper } from './shoppers.ts';

export type IdentityKey = { id: string; secret: string };

const LIFETIME_S = 300;

export function mintToken(shopId: string, key: IdentityKey, shopper: Shopper): string {
  const iat = Math.floor(Date.now() / 1000);
  const claims = {
    iss: shopId,
    aud: 'regulars',
    sub: `shopify:${shopper.id}`,
    email: shopper.email,
    name: `${shopper.firstName} ${shopper.lastName}`,
    iat,
    exp: iat + LIFETIME_S,
  };
  const signed = `${encode({ alg: 'HS256', typ: 'JWT', kid: key.id })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', key.secret).update(signed).digest('base64url')}`;
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
