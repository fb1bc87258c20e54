/** Whether a customer belongs to a segment at an instant, and when that changes by itself. Pure but for what it asks of the history. */
import { CYCLE_MS } from './anniversaries.ts';
import type { Compiled, Leaf, Node } from './compile.ts';
import { consentTruth, membershipTruth } from './consented.ts';
import type { Facts, Manner } from './facts.ts';
import { metricTruth } from './metric.ts';
import { loyaltyTruth, propertyTruth, regionTruth } from './profile.ts';
import { historicTruth, ordersTruth, vouchersTruth } from './purchases.ts';
import { always, FORESIGHT_MS, FOREVER, not, type Truth } from './truth.ts';

/** Several windows may turn over before the whole does; after so many the customer is looked at again. */
const MOST_LOOKS = 400;
/** What turns over once has mostly done so after so many. */
const MOST_ONCE = 32;

/** What a definition needs besides its own tree: the shop's part of `Manner`. */
export type ShopManner = Omit<Manner, 'klaviyo'>;

/** Klaviyo's clocks hang in Greenwich, ours in the shop. */
export function mannerOf(shop: ShopManner, klaviyo: boolean): Manner {
  return { ...shop, klaviyo, timeZone: klaviyo ? 'UTC' : shop.timeZone };
}

/**
 * `nextMs` is exact: the first instant at which `holds` is something else. Only where very many things come and go, or a
 * window over anniversaries of many, it may be one before it.
 */
export function evaluate({ root, klaviyo }: Compiled, known: Facts, shop: ShopManner, nowMs: number): Truth {
  return outlook(root, known, mannerOf(shop, klaviyo), nowMs);
}

/** Whether a part of a definition holds, and the first instant at which it does not any more, or does. */
export function outlook(root: Node, known: Facts, manner: Manner, nowMs: number): Truth {
  const asker = askerOf({ ...known, found: new Map() }, manner);
  const first = nodeTruth(root, asker.ask, nowMs);
  let { nextMs } = first;
  for (let look = 0; look < MOST_LOOKS && nextMs !== FOREVER; look += 1) {
    const then = nodeTruth(root, asker.ask, nextMs);
    if (then.holds !== first.holds) break;
    nextMs = then.nextMs;
    if (asker.isCut() && nextMs - nowMs > FORESIGHT_MS) break;
    // only what returns every year turns over so often, and all of it has met by now
    if (look >= MOST_ONCE && nextMs - nowMs > CYCLE_MS) return always(first.holds);
  }
  return { holds: first.holds, nextMs };
}

type Ask = (leaf: Leaf, nowMs: number) => Truth;

/** Asks a condition again only once its last answer is over. */
function askerOf(facts: Facts, manner: Manner): { ask: Ask; isCut: () => boolean } {
  const answers = new Map<Leaf, Truth>();
  let isCut = false;
  const ask: Ask = (leaf, nowMs) => {
    const known = answers.get(leaf);
    if (known !== undefined && nowMs < known.nextMs) return known;
    const truth = leafTruth(leaf, facts, manner, nowMs);
    answers.set(leaf, truth);
    isCut ||= truth.isCut ?? false;
    return truth;
  };
  return { ask, isCut: () => isCut };
}

/** As soon as one condition decides, the others are asked only while the deciding one could still change. */
function nodeTruth(node: Node, ask: Ask, nowMs: number): Truth {
  if (node.kind === 'leaf') return ask(node.condition, nowMs);
  if (node.kind === 'not') return not(nodeTruth(node.of[0], ask, nowMs));
  const deciding = node.kind === 'any';
  let settledMs: number | null = null;
  let nextMs = FOREVER;
  for (const one of node.of) {
    const truth = nodeTruth(one, ask, nowMs);
    if (truth.holds === deciding) {
      settledMs = Math.max(settledMs ?? 0, truth.nextMs);
      if (settledMs === FOREVER) break;
    } else {
      nextMs = Math.min(nextMs, truth.nextMs);
    }
  }
  return settledMs === null ? { holds: !deciding, nextMs } : { holds: deciding, nextMs: settledMs };
}

function leafTruth(condition: Leaf, facts: Facts, manner: Manner, nowMs: number): Truth {
  switch (condition.type) {
    case 'profile-metric':
      return metricTruth(condition, facts, manner, nowMs);
    case 'profile-property':
      return propertyTruth(condition, facts, manner, nowMs);
    case 'profile-group-membership':
      return membershipTruth(condition, facts, manner, nowMs);
    case 'profile-marketing-consent':
      return consentTruth(condition, facts, manner, nowMs);
    case 'profile-region':
      return regionTruth(condition, facts);
    case 'profile-predictive-analytics':
      return historicTruth(condition, facts, manner, nowMs);
    case 'profile-loyalty':
      return loyaltyTruth(condition, facts, manner, nowMs);
    case 'profile-orders':
      return ordersTruth(condition, facts, manner, nowMs);
    case 'profile-vouchers':
      return vouchersTruth(condition, facts, manner, nowMs);
  }
}
