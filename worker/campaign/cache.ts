/** The isolate's memory of campaigns, at most two seconds old. */
import type { Env } from '../env.ts';
import { Fresh } from '../storage/fresh.ts';
import { remote } from '../storage/remote.ts';
import { budgetAt } from './budget-at.ts';
import type { CampaignRecord } from './record.ts';

const records = new Fresh<CampaignRecord | null>(2_000);

/** A campaign with its budget and pool; `campaign`: its id. */
export function campaignIn(env: Env, shop: string, campaign: string) {
  return remote(env.CAMPAIGN, `campaign:${shop}:${campaign}`);
}

/** Its budget alone, which may lie in several objects. */
export function budgetOf(env: Env, shop: string, campaign: string) {
  return budgetAt(env, `campaign:${shop}:${campaign}`);
}

/** What is kept of the stock of a reward: no definition, only what was taken and given back. */
export function stockOf(env: Env, shop: string, reward: string) {
  return remote(env.CAMPAIGN, `campaign:${shop}:reward:${reward}`);
}

/** null: there is none by that id. */
export function openCampaign(env: Env, shop: string, campaign: string): Promise<CampaignRecord | null> {
  return records.get(`${shop} ${campaign}`, () => campaignIn(env, shop, campaign).record());
}

/** After a change, so that a writer sees its own. */
export function forgetCampaign(shop: string, campaign: string): void {
  records.forget(`${shop} ${campaign}`);
}
