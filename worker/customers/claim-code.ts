/** Has a held voucher's code lead to the customer who holds it. A code like ours carries no check: it lives among those that were typed. */
import { codesAt } from '../codes/stubs.ts';
import type { OpenErrand } from '../domain/errand.ts';
import { type JsonObject, textOf } from '../domain/json.ts';
import { codeKey } from '../domain/vouchers/codes.ts';
import type { Env } from '../env.ts';
import { forgetOffers, offersOf, openOffers } from '../offers/cache.ts';
import { routeIn } from '../offers/route.ts';
import type { AskingShop } from './asking.ts';

/** Of codes that were typed. */
const GENERATION = 0;

export interface CodeClaim {
  code: string;
  customer: string;
  /** The same again changes nothing. */
  token: string;
}

/** false: somebody else has it. */
export async function claimCode(env: Env, shop: string, { code, customer, token }: CodeClaim): Promise<boolean> {
  const { length } = codeKey(code);
  if (!(await openOffers(env, shop)).lengths.includes(length)) {
    // before the first code of a length is kept, everybody has to know that there are such
    await offersOf(env, shop).addLengths([length]);
    forgetOffers(shop);
  }
  const holder = { owner: 'customer' as const, customer };
  const claims = [{ code, token, campaign: null, holder, voucher: null }];
  const [claimed] = await codesAt(env, routeIn(shop, GENERATION, code).object).claim(claims, { clockMs: null });
  return claimed !== 'taken';
}

/** The errand of a voucher that a decision gave by itself. */
export async function askForCode(env: Env, shop: AskingShop, errand: OpenErrand): Promise<JsonObject> {
  const code = textOf(errand.body, 'code') ?? '';
  return { claimed: await claimCode(env, shop.id, { code, customer: errand.customer, token: errand.op }) };
}
