/** The errand of a referral: the friend's object tells that of the referrer, whoever that customer turned out to be. */
import type { OpenErrand } from '../domain/errand.ts';
import { isObject, type JsonObject, textOf } from '../domain/json.ts';
import type { Bonus } from '../domain/loyalty/bonus.ts';
import type { ReferralNews } from '../domain/referrals/referrer.ts';
import type { Env } from '../env.ts';
import { remote } from '../storage/remote.ts';
import type { AskingShop } from './asking.ts';
import { reach } from './reach.ts';

/** As the journal keeps the answer; one who is not there any more gets nothing. */
export async function tellReferrer(env: Env, shop: AskingShop, errand: OpenErrand): Promise<JsonObject> {
  const directory = remote(env.DIRECTORY, `directory:${shop.id}`);
  const customer = await directory.current(textOf(errand.body, 'referrer') ?? '');
  if (customer === null) return { granted: false, reason: 'referrer_gone' };
  const operation = newsOf(errand);
  const reached = await reach(env, shop, { customer, input: { kind: 'operation', operation }, waitMs: 0 });
  const answer = reached?.answer;
  if (answer === undefined) throw new Error('the referrer kept moving');
  if (answer.verdict === 'erased') return { granted: false, reason: 'referrer_gone' };
  if (answer.verdict !== 'recorded' && answer.verdict !== 'duplicate')
    throw new Error(`told in vain: ${answer.verdict}`);
  const said = answer.row?.about.answer;
  if (!isObject(said)) throw new Error('a referral without an answer');
  return said;
}

/** An errand's body is what our own decision wrote. */
function newsOf({ op, body }: OpenErrand): ReferralNews {
  const { ask, version, friend, status, reasons, startedAtMs, reward, flagged } = body as unknown as ReferralNews;
  const bonus = reward as Bonus | null;
  const referral = textOf(body, 'referral') ?? '';
  const about = { ask, referral, version, friend, status, reasons, startedAtMs, reward: bonus, flagged };
  return { op: 'referral', key: op, fingerprint: op, ...about };
}
