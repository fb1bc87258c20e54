/** Which facts a voucher's rules and limits ask for, so that no more is loaded. */
import type { Campaign } from './campaign.ts';
import type { CountName } from './facts.ts';
import type { Rule, RuleCondition } from './rule-definition.ts';
import { countName } from './rule-evaluate.ts';
import { conditionsOf } from './rule-tree.ts';
import type { Voucher } from './voucher.ts';

export interface Needs {
  /** Something can only be told of a named customer. */
  customer: boolean;
  segments: string[];
  tier: boolean;
  /** Paths of traits. */
  traits: string[];
  orders: boolean;
  cart: boolean;
  counts: CountName[];
}

/** What must be loaded before `applicable` can answer for this voucher. */
export function needsOf({ voucher, campaign, rules }: NeedsAsk): Needs {
  const conditions = rules.flatMap(({ when }) => conditionsOf<RuleCondition>(when));
  const segments = conditions.flatMap((one) => (one.kind === 'segment' ? one.anyOf : []));
  const traits = conditions.flatMap((one) => (one.kind === 'trait' ? [one.path] : []));
  const counts = [...conditions.flatMap(countsOf), ...limitCounts(voucher, campaign)];
  const has = (...kinds: RuleCondition['kind'][]) => conditions.some(({ kind }) => kinds.includes(kind));
  return {
    customer:
      voucher.holderOnly ||
      has('segment', 'tier', 'trait', 'first_order', 'customer_orders', 'holder') ||
      counts.some((name) => name.includes('.customer.')),
    segments: [...new Set(segments)],
    tier: has('tier'),
    traits: [...new Set(traits)],
    orders: has('first_order', 'customer_orders'),
    cart: has('order_amount', 'order_metadata', 'items', 'items_sum', 'campaign_money'),
    counts: [...new Set(counts)],
  };
}

export interface NeedsAsk {
  voucher: Pick<Voucher, 'holderOnly' | 'limitPerCustomer'>;
  campaign: Pick<Campaign, 'limitPerCustomer' | 'caps'> | null;
  rules: readonly Rule[];
}

function countsOf(condition: RuleCondition): CountName[] {
  if (condition.kind === 'redemptions') return [countName(condition)];
  if (condition.kind !== 'campaign_money') return [];
  return [condition.of === 'orders' ? 'campaign.orders_minor' : 'campaign.discount_minor'];
}

function limitCounts(voucher: NeedsAsk['voucher'], campaign: NeedsAsk['campaign']): CountName[] {
  const names: (CountName | false | undefined)[] = [
    voucher.limitPerCustomer !== null && 'voucher.customer.ever',
    campaign !== null && campaign.limitPerCustomer !== null && 'campaign.customer.ever',
    campaign !== null && campaign.caps.redemptions !== null && 'campaign.redemptions.ever',
    campaign !== null && campaign.caps.discountMinor !== null && 'campaign.discount_minor',
    campaign !== null && campaign.caps.ordersMinor !== null && 'campaign.orders_minor',
  ];
  return names.flatMap((name) => name || []);
}
