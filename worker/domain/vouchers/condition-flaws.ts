/** What is wrong with one condition by itself: values no order could have, lists without end, dates that are none. */
import { stepsOf } from '../property-path.ts';
import { instantOf } from '../zoned.ts';
import type { ItemCondition, NumberTest, RuleCondition, ValueTest } from './rule-definition.ts';
import { validityFlaws } from './validity.ts';

const MOST_VALUES = 100;
const LONGEST_TEXT = 1_000;
const LONGEST_PATH = 255;

/** `field` within the condition. */
export interface Wrong {
  field: string;
  rule: string;
}

export function wrongIn(condition: RuleCondition | ItemCondition): Wrong[] {
  switch (condition.kind) {
    case 'segment':
    case 'tier':
    case 'channel':
      return wrongTexts(condition.anyOf, 'anyOf');
    case 'item':
      return wrongTexts(
        condition.anyOf.map((one) => (one.kind === 'tag' ? one.tag : one.id)),
        'anyOf',
      );
    case 'trait':
    case 'order_metadata':
    case 'redemption_metadata':
    case 'event':
    case 'item_metadata':
      return [...wrongPath(condition.path), ...wrongTest(condition.test)];
    case 'api_key':
    case 'login':
      return wrongTest(condition.test);
    case 'customer_orders':
    case 'redemptions':
    case 'campaign_money':
    case 'gift_spent':
    case 'order_amount':
    case 'items_sum':
    case 'item_price':
    case 'item_quantity':
    case 'item_amount':
      return wrongNumbers(condition.test, Number.isSafeInteger, 'must compare with whole numbers');
    case 'dates':
      return wrongDates(condition);
    case 'validity':
      if (condition.validity.kind === 'frames' || condition.validity.kind === 'all')
        return [{ field: 'validity', rule: 'must be of weekdays or hours: frames are counted from a campaign' }];
      return validityFlaws(condition.validity);
    case 'items':
    case 'first_order':
    case 'holder':
      return [];
  }
}

function wrongPath(path: string): Wrong[] {
  const isFit = path !== '' && path.length <= LONGEST_PATH && stepsOf(path) !== null;
  return isFit ? [] : [{ field: 'path', rule: 'must be a path such as `level` or `address.city`' }];
}

function wrongTexts(texts: readonly string[], field: string): Wrong[] {
  if (texts.length === 0 || texts.length > MOST_VALUES) return [{ field, rule: `must be 1 to ${MOST_VALUES} values` }];
  if (texts.every((text) => text !== '' && text.length <= LONGEST_TEXT)) return [];
  return [{ field, rule: `must be texts of 1 to ${LONGEST_TEXT} characters` }];
}

function wrongNumbers(test: NumberTest, isFit: (number: number) => boolean, rule: string): Wrong[] {
  const numbers = test.op === 'between' ? [test.from, test.to] : [test.value];
  if (!numbers.every(isFit)) return [{ field: 'test', rule }];
  return test.op === 'between' && test.from > test.to ? [{ field: 'test', rule: 'must start before it ends' }] : [];
}

function wrongTest(test: ValueTest): Wrong[] {
  switch (test.op) {
    case 'any_of':
    case 'none_of':
      return wrongTexts(test.values.map(String), 'test.values');
    case 'starts_with':
    case 'ends_with':
    case 'contains':
    case 'contains_none':
      return wrongTexts(test.texts, 'test.texts');
    case 'number':
      return wrongNumbers(test.test, Number.isFinite, 'must compare with numbers');
    case 'after':
    case 'before':
      return isDate(test.at) ? [] : [{ field: 'test.at', rule: NO_DATE }];
    case 'set':
    case 'unset':
      return [];
  }
}

const NO_DATE = 'must be a date or time (ISO 8601)';

function isDate(text: string): boolean {
  return instantOf(text, 'UTC') !== null;
}

function wrongDates({ from, until }: { from: string | null; until: string | null }): Wrong[] {
  if (from === null && until === null) return [{ field: 'from', rule: 'must have a start or an end' }];
  if (from !== null && !isDate(from)) return [{ field: 'from', rule: NO_DATE }];
  if (until !== null && !isDate(until)) return [{ field: 'until', rule: NO_DATE }];
  if (from === null || until === null) return [];
  const isLater = Number(instantOf(until, 'UTC')) > Number(instantOf(from, 'UTC'));
  return isLater ? [] : [{ field: 'until', rule: 'must be after the start' }];
}
