/** Tells campaigns what was redeemed of them without their being asked first, and what was taken back. */
import { campaignIn } from '../campaign/cache.ts';
import type { HeardEntry } from '../campaign/calls.ts';
import { costOf } from '../domain/vouchers/redeem.ts';
import { weekStartOf } from '../domain/vouchers/tally.ts';
import type { Env } from '../env.ts';
import { openTerms } from '../shops/cache.ts';
import type { Entry } from './entries.ts';
import type { Listener } from './outbox.ts';

/** `object`: the name that the campaign knows these numbers by. */
export function campaignsListener(env: Env, shop: string, object: string): Listener {
  return async (entries) => {
    const heard = new Map<string, HeardEntry[]>();
    for (const entry of entries) {
      const told = heardOf(entry);
      if (told !== null) heard.set(told.campaign, [...(heard.get(told.campaign) ?? []), told.entry]);
    }
    if (heard.size === 0) return;
    const { settings } = await openTerms(env, shop, 1);
    const calendar = { timeZone: settings.timeZone, weekStart: weekStartOf(settings.locale) };
    const nowMs = Math.max(...entries.map(({ atMs }) => atMs));
    await Promise.all(
      [...heard].map(([campaign, own]) =>
        campaignIn(env, shop, campaign).hear({ object, entries: own, calendar, nowMs }),
      ),
    );
  };
}

/** null: its campaign knows, or there is none. What it kept something for it gets back like all else. */
function heardOf({ seq, body }: Entry): { campaign: string; entry: HeardEntry } | null {
  if (body.kind !== 'redeemed' && body.kind !== 'rolled_back') return null;
  const { campaign, customer, atMs } = body.redemption;
  if (campaign === null || (body.kind === 'redeemed' && body.reserved)) return null;
  const isBack = body.kind === 'rolled_back';
  const cost = isBack ? body.givenBack : costOf(body.redemption);
  return { campaign, entry: { seq, by: isBack ? -1 : 1, cost, customer, atMs } };
}
