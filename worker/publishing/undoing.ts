/** Ends an attempt at a stack for good: it is never decided on, and nobody keeps anything for it any more. */
import { codesAt } from '../codes/stubs.ts';
import { outcomeOf } from '../holds/coordinator.ts';
import { endInWallets, isKeptInWallets } from './other-wallets.ts';
import type { Parts } from './parts.ts';
import type { Planned } from './plan.ts';
import { keepsAny, voidKept } from './reserving.ts';
import { opOf } from './stack-budget.ts';
import type { World } from './world.ts';

/** Whether somebody keeps something for this attempt already: it was begun before, by this request or by one that died. */
export async function isBegun(world: World, parts: Parts, planned: Planned): Promise<boolean> {
  const { name, asking } = parts;
  const inCodes = objectsOf(planned).map(async (object) => {
    const known = await codesAt(world.env, object).known({ key: name, fingerprint: asking.fingerprint });
    return known?.verdict === 'held';
  });
  const ops = opsOf(name, planned);
  const inCampaigns = campaignsOf(planned).map((campaign) => keepsAny(world, campaign, ops));
  const inWallets = isKeptInWallets(world, parts, planned);
  return (await Promise.all([...inCodes, ...inCampaigns, inWallets])).includes(true);
}

/** false: it has come about meanwhile. Throws where somebody cannot be reached: nothing is reckoned beside what is still kept. */
export async function undo(world: World, parts: Parts, planned: Planned): Promise<boolean> {
  const { name, asking, coordinator } = parts;
  const outcome = await outcomeOf(world.env, world.shop.id, coordinator);
  if (outcome.state === 'posted') return false;
  const { clockMs } = world;
  const codes = objectsOf(planned).map((object) =>
    codesAt(world.env, object).void(name, asking.fingerprint, { clockMs }),
  );
  const ops = opsOf(name, planned);
  const campaigns = campaignsOf(planned).map((campaign) => voidKept(world, campaign, ops));
  await Promise.all([...codes, ...campaigns, endInWallets(world, parts, planned)]);
  return true;
}

/** Objects of codes that may keep some of it, whether it applies now or not. */
function objectsOf({ sources }: Planned): string[] {
  const objects = sources.flatMap(({ located, holder }) =>
    located === null || holder !== null ? [] : [located.route.object],
  );
  return [...new Set(objects)];
}

function campaignsOf({ sources }: Planned): string[] {
  return [...new Set(sources.flatMap(({ campaign }) => campaign?.id ?? []))];
}

function opsOf(name: string, { sources }: Planned): string[] {
  return sources.map((_, at) => opOf(name, at + 1));
}
