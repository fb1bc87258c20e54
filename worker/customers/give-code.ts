/** The errand of a distribution: its campaign gives the customer a code, once for each occasion, whoever asks how often. */
import { campaignIn } from '../campaign/cache.ts';
import { deliver } from '../campaign/delivery.ts';
import type { Publication } from '../campaign/publication.ts';
import type { CampaignRecord } from '../campaign/record.ts';
import type { Distribution } from '../domain/distributions/distribution.ts';
import type { OpenErrand } from '../domain/errand.ts';
import { type JsonObject, textOf } from '../domain/json.ts';
import type { HoldVoucher } from '../domain/vouchers/held-request.ts';
import type { Env } from '../env.ts';
import { putAt } from '../holds/wallet.ts';
import { openTerms } from '../shops/cache.ts';
import { codeMakerOf } from '../shops/code-maker.ts';
import { testNow } from '../shops/shop-time.ts';
import { remote } from '../storage/remote.ts';
import type { AskingShop } from './asking.ts';

const MOST_FORMER = 100;

/** `given: false` with a reason is for good. What may go well later is thrown, and asked again. */
export async function giveCode(env: Env, asking: AskingShop, errand: OpenErrand): Promise<JsonObject> {
  const shop = await openTerms(env, asking.id, asking.version);
  const id = textOf(errand.body, 'distribution') ?? '';
  const distribution = shop.settings.distributions?.find((one) => one.id === id);
  if (distribution === undefined || !distribution.active) return refused('distribution_not_active');
  const customer = await remote(env.DIRECTORY, `directory:${shop.id}`).current(errand.customer);
  if (customer === null) return refused('customer_gone');
  const record = await campaignIn(env, shop.id, distribution.campaign).record();
  if (record === null) return refused('not_found');
  if (record.making === 'in_progress') throw new Error('the codes of the campaign are still being made');
  const clockMs = await testNow(env, shop);
  return publish(env, { shop: shop.id, record, distribution, customer, op: errand.op, clockMs });
}

interface Giving {
  shop: string;
  record: CampaignRecord;
  distribution: Distribution;
  customer: string;
  op: string;
  clockMs: number | null;
}

async function publish(env: Env, giving: Giving): Promise<JsonObject> {
  const { shop, record, distribution, customer, op, clockMs } = giving;
  const object = campaignIn(env, shop, distribution.campaign);
  const formerly = await remote(env.DIRECTORY, `directory:${shop}`).formerIds(customer, MOST_FORMER);
  const answer = await object.publish({
    id: `pub_${codeMakerOf(env.ROOT_SECRET, shop).nameFor(`distribution:${op}`)}`,
    fingerprint: op,
    customer,
    formerly,
    sourceId: null,
    channel: 'distribution',
    metadata: {},
    distribution: distribution.id,
    holderOnly: distribution.holderOnly,
    atMs: clockMs ?? Date.now(),
    code: null,
    count: 1,
    joinOnce: false,
  });
  if (answer.refusal !== null) return refused(answer.refusal);
  const hold = (who: string, operation: HoldVoucher) => putAt(env, shop, who, operation);
  const { publication } = await deliver(answer.publication, {
    env,
    shop,
    campaign: record.campaign,
    clockMs,
    hold,
    book: object,
  });
  return told(publication, answer.again);
}

/** `again`: they have had it for long, for they join once. */
function told({ id, state, codes, failure }: Publication, again: boolean): JsonObject {
  if (state === 'voided') return refused(failure?.key ?? 'no_voucher_suitable_for_publication');
  return { given: true, publication: id, codes, again };
}

function refused(reason: string): JsonObject {
  return { given: false, reason };
}
