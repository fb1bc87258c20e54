/** How a shop lets vouchers be joined in one order; what is told of those that are left out. */

export interface StackingRules {
  mode: 'all' | 'partial';
  /** In one request. */
  limit: number;
  /** Of those how many may apply: in all, of one category, exclusive ones, exclusive ones of one category. */
  applicableLimit: number;
  perCategoryLimit: number;
  exclusiveLimit: number;
  exclusivePerCategoryLimit: number;
  /** Category ids: an exclusive one stands alone but for joint ones and other exclusive ones. */
  exclusive: readonly string[];
  joint: readonly string[];
  sorting: 'requested' | 'category';
  /** Categories from first to last, for `sorting: 'category'`. */
  hierarchy: readonly string[];
  base: 'discounted' | 'initial';
  /** What would take nothing. */
  noEffect: 'redeem' | 'skip';
}

/** The category of what may not be used beside other vouchers. */
export const NOT_COMBINABLE = 'exclusive';

export const STACKING: StackingRules = {
  mode: 'all',
  limit: 30,
  applicableLimit: 5,
  perCategoryLimit: 1,
  exclusiveLimit: 1,
  exclusivePerCategoryLimit: 1,
  exclusive: [NOT_COMBINABLE],
  joint: [],
  sorting: 'requested',
  hierarchy: [],
  base: 'discounted',
  noEffect: 'redeem',
};

export const SKIPS = {
  applicable_redeemables_limit_exceeded: 'Applicable redeemables limit exceeded',
  applicable_redeemables_per_category_limit_exceeded: 'Applicable redeemables limit per category exceeded',
  applicable_exclusive_redeemables_limit_exceeded: 'Applicable exclusive redeemables limit exceeded',
  applicable_exclusive_redeemables_per_category_limit_exceeded:
    'Applicable exclusive redeemables limit per category exceeded',
  exclusion_rules_not_met: 'Redeemable cannot be applied due to exclusion rules',
  preceding_validation_failed: 'Redeemable cannot be applied due to preceding validation failure',
  redeemable_has_no_effect: 'Redeemable has no effect on this order',
} as const;
export type SkipKey = keyof typeof SKIPS;

/** What applies so far. */
export interface Joined {
  count: number;
  exclusive: number;
  /** Exclusive and joint ones left out. */
  common: number;
  byCategory: ReadonlyMap<string, number>;
}

export const NONE_JOINED: Joined = { count: 0, exclusive: 0, common: 0, byCategory: new Map() };

/** Why one of this category may not be joined with those that apply already; null: it may. Without a category no limit by category counts. */
export function barredBy(rules: StackingRules, category: string | null, joined: Joined): SkipKey | null {
  const isExclusive = category !== null && rules.exclusive.includes(category);
  const isJoint = category !== null && rules.joint.includes(category);
  if (isExclusive ? joined.common > 0 : !isJoint && joined.exclusive > 0) return 'exclusion_rules_not_met';
  if (joined.count >= rules.applicableLimit) return 'applicable_redeemables_limit_exceeded';
  const ofCategory = category === null ? 0 : (joined.byCategory.get(category) ?? 0);
  if (isExclusive) {
    if (joined.exclusive >= rules.exclusiveLimit) return 'applicable_exclusive_redeemables_limit_exceeded';
    if (ofCategory >= rules.exclusivePerCategoryLimit)
      return 'applicable_exclusive_redeemables_per_category_limit_exceeded';
    return null;
  }
  const isFull = category !== null && ofCategory >= rules.perCategoryLimit;
  return isFull ? 'applicable_redeemables_per_category_limit_exceeded' : null;
}

export function withJoined(rules: StackingRules, category: string | null, joined: Joined): Joined {
  const byCategory = new Map(joined.byCategory);
  if (category !== null) byCategory.set(category, (byCategory.get(category) ?? 0) + 1);
  const isExclusive = category !== null && rules.exclusive.includes(category);
  const isJoint = category !== null && rules.joint.includes(category);
  return {
    count: joined.count + 1,
    exclusive: joined.exclusive + (isExclusive ? 1 : 0),
    common: joined.common + (isExclusive || isJoint ? 0 : 1),
    byCategory,
  };
}
