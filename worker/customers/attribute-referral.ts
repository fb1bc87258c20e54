/** The errand of a first order that names a referrer's code: the Directory says whose it is, and whether it is an honest one. */

import { ERASED } from '../domain/customer.ts';
import type { OpenErrand } from '../domain/errand.ts';
import type { JsonObject } from '../domain/json.ts';
import { aliasOf } from '../domain/referrals/alias.ts';
import type { Env } from '../env.ts';
import { openTerms } from '../shops/cache.ts';
import { testNow } from '../shops/shop-time.ts';
import { remote } from '../storage/remote.ts';
import type { AskingShop } from './asking.ts';
import type { ReferralsOf } from './referral-reader.ts';
import { customersOf } from './stubs.ts';

const NOBODY: JsonObject = { referrer: null };
const MOST_HOPS = 4;

/** The first code that somebody refers by; of who may not refer, and of their own, none. */
export async function attributeReferral(env: Env, shop: AskingShop, errand: OpenErrand): Promise<JsonObject> {
  const snapshot = await openTerms(env, shop.id, shop.version);
  const about = { env, shop, clockMs: await testNow(env, snapshot) };
  const friend = await standingOf(about, errand.customer);
  if (friend === null) throw new Error('a friend who was not there');
  const directory = remote(env.DIRECTORY, `directory:${shop.id}`);
  const email = friend.email ?? '';
  for (const code of codesOf(errand.body)) {
    const parties = await directory.referral({ code, email, anonymousId: null });
    const referrer = parties.referrer === null ? null : await standingOf(about, parties.referrer);
    if (referrer === null || !referrer.mayRefer || referrer.customer === friend.customer) continue;
    const own = [...parties.mailboxes, ...(referrer.email === null ? [] : [aliasOf(referrer.email)])];
    const isSelf = email !== '' && own.includes(aliasOf(email));
    const checksSelf = snapshot.settings.programme.referrals?.checks.self === true;
    return { referrer: referrer.customer, code, blocked: isSelf && checksSelf ? ['self'] : [] };
  }
  return NOBODY;
}

interface Asking {
  env: Env;
  shop: AskingShop;
  clockMs: number | null;
}

/** Of whoever that customer turned out to be; null where nothing was ever recorded of them. */
async function standingOf(
  { env, shop, clockMs }: Asking,
  customer: string,
): Promise<(ReferralsOf & { customer: string }) | null> {
  let id = customer;
  for (let hop = 0; hop < MOST_HOPS; hop += 1) {
    const call = { shop: shop.id, version: shop.version, clockMs, limit: 0, before: null, customer: id };
    const told = await customersOf(env, shop.id, id).referrals(call);
    if (told === null || told.moved === ERASED) return null;
    if (told.moved === null) return { ...told, customer: id };
    id = told.moved;
  }
  throw new Error('the referrer kept moving');
}

function codesOf({ codes }: JsonObject): string[] {
  return Array.isArray(codes) ? codes.filter((code) => typeof code === 'string') : [];
}
