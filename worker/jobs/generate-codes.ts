/** Makes a campaign's codes, so many a step. A step that a crash repeats makes the same ones again, and adds none twice. */
import { z } from 'zod';
import { campaignIn, forgetCampaign } from '../campaign/cache.ts';
import { MOST_CODES, makeCodes, NoRoom } from '../codes/making.ts';
import { planOf } from '../offers/code-mint.ts';
import { openShop } from '../shops/cache.ts';
import { receiptOf } from '../shops/shop-time.ts';
import { jobKind, type StepOutcome } from './kind.ts';

/** Some hundred milliseconds' worth. */
const CODES_A_BATCH = 1_000;

const Cursor = z.strictObject({ made: z.int() });
type Cursor = z.infer<typeof Cursor>;

export const generateCodes = jobKind({
  input: z.strictObject({ campaign: z.string(), count: z.int().min(1).max(MOST_CODES) }),
  cursor: Cursor,
  resumable: true,
  step: async ({ env, shop, job, input, cursor, untilMs }): Promise<StepOutcome<Cursor>> => {
    const { campaign: id, count } = input;
    const object = campaignIn(env, shop, id);
    const record = await object.record();
    let made = cursor?.made ?? 0;
    const progress = () => ({ done: made, total: count });
    if (record === null || record.deletedAtMs !== null)
      return { state: 'failed', reason: 'The campaign is gone.', progress: progress() };
    const snapshot = await openShop(env, shop);
    if (snapshot === null) throw new Error('no such shop');
    const { receivedAtMs: madeAtMs } = await receiptOf(env, snapshot);
    const { campaign } = record;
    try {
      do {
        const batch = `${job}:${made}`;
        const some = Math.min(CODES_A_BATCH, count - made);
        await makeCodes(env, shop, { campaign, plan: planOf(campaign.codes), batch, count: some, madeAtMs });
        made += some;
      } while (made < count && Date.now() < untilMs);
    } catch (error) {
      if (!(error instanceof NoRoom)) throw error;
      await object.made(job, made, true);
      forgetCampaign(shop, id);
      return { state: 'failed', reason: 'The pattern of its codes has no room left.', progress: progress() };
    }
    if (made < count) return { state: 'going', progress: progress(), cursor: { made } };
    await object.made(job, count, false);
    forgetCampaign(shop, id);
    return { state: 'done', progress: progress(), result: { codes: count } };
  },
});
