/** What a validation rule can say: a typed tree of conditions. Checked by `rules.ts`, asked by `rule-evaluate.ts`. */
import type { JsonObject } from '../json.ts';
import type { Applicable, ItemSelector } from './discount.ts';
import type { Period } from './facts.ts';
import type { Validity } from './validity.ts';

/** A rule as a shop keeps it; any number of campaigns, vouchers and distributions name it by id. */
export interface Rule {
  /** `val_…` */
  id: string;
  name: string;
  when: RuleTree;
  /** The merchant's words for the shopper where no failed condition has its own. */
  message: string | null;
  /** Limits what the discount applies to; null: does not. */
  applicable: Applicable | null;
  /** As a Voucherify client wrote it, told back as it came; null: it was written in this shape. */
  source: JsonObject | null;
}

export interface Said {
  /** The merchant's words where this fails. */
  message?: string | undefined;
}

export type Tree<Condition> =
  | ({ kind: 'all' | 'any'; of: Tree<Condition>[] } & Said)
  | ({ kind: 'not'; of: Tree<Condition> } & Said)
  | (Condition & Said);

export type RuleTree = Tree<RuleCondition>;
export type ItemTree = Tree<ItemCondition>;

export type RuleCondition =
  /** In any of these segments, by id. */
  | { kind: 'segment'; anyOf: string[] }
  /** In any of these VIP tiers, by id. */
  | { kind: 'tier'; anyOf: string[] }
  /** `path` as `property-path.ts` writes it. */
  | { kind: 'trait'; path: string; test: ValueTest }
  | { kind: 'first_order' }
  /** Orders of the customer that stand. */
  | { kind: 'customer_orders'; test: NumberTest }
  /** The customer holds this voucher. */
  | { kind: 'holder' }
  /** Minor units. `now`: falls while stacking; `initial`: before all vouchers; `after`: once this one is taken off. */
  | { kind: 'order_amount'; of: 'now' | 'initial' | 'after'; test: NumberTest }
  | { kind: 'order_metadata'; path: string; test: ValueTest }
  /** Of the cart's lines; of a cart without lines nothing can be told. `cheapest`, `dearest`: by the price of one piece, any of equals. */
  | { kind: 'items'; which: 'any' | 'every' | 'none' | 'cheapest' | 'dearest'; where: ItemTree }
  /** Of the lines that fit, taken together: lines, pieces, or minor units before vouchers. `where` null: of all. */
  | { kind: 'items_sum'; of: 'lines' | 'pieces' | 'amount'; where: ItemTree | null; test: NumberTest }
  /** Redemptions with this one: of the voucher or of its campaign, by all or by this customer, in the shop's calendar. */
  | { kind: 'redemptions'; of: 'voucher' | 'campaign'; by: 'all' | 'customer'; per: Period; test: NumberTest }
  /** Minor units over all the campaign's redemptions with this one: amounts of orders, or what was given away. */
  | { kind: 'campaign_money'; of: 'orders' | 'discounts'; test: NumberTest }
  /** All that was ever spent from this gift card, with this time. Minor units. */
  | { kind: 'gift_spent'; test: NumberTest }
  | { kind: 'redemption_metadata'; path: string; test: ValueTest }
  | { kind: 'channel'; anyOf: string[] }
  | { kind: 'api_key'; test: ValueTest }
  | { kind: 'login'; test: ValueTest }
  /** Half open; ISO 8601, in the shop's time zone where there is no offset. */
  | { kind: 'dates'; from: string | null; until: string | null }
  | { kind: 'validity'; validity: Validity }
  /** Of what triggered a distribution. */
  | { kind: 'event'; path: string; test: ValueTest };

export type ItemCondition =
  | { kind: 'item'; anyOf: ItemSelector[] }
  /** Of one piece, minor units. */
  | { kind: 'item_price'; test: NumberTest }
  | { kind: 'item_quantity'; test: NumberTest }
  /** Of the line before vouchers, minor units. */
  | { kind: 'item_amount'; test: NumberTest }
  | { kind: 'item_metadata'; path: string; test: ValueTest };

export type NumberTest =
  | { op: 'is' | 'is_not' | 'more_than' | 'less_than' | 'at_least' | 'at_most'; value: number }
  /** Both included. */
  | { op: 'between'; from: number; to: number };

/** Of texts, numbers and truths; `is` and the like: any of them. Every `not` is the exact opposite, so what is not set passes it. */
export type ValueTest =
  | { op: 'any_of' | 'none_of'; values: (string | number | boolean)[] }
  | { op: 'starts_with' | 'ends_with' | 'contains' | 'contains_none'; texts: string[] }
  | { op: 'number'; test: NumberTest }
  /** ISO 8601. */
  | { op: 'after' | 'before'; at: string }
  | { op: 'set' | 'unset' };
