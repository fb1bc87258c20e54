/**
 * A segment's definition as the merchant's API takes it: any that Klaviyo's API shows (revision 2026-07-15), with events by
 * their names, as far as its conditions are known here, and ours. What it means stands in `worker/domain/segments`.
 */
import { z } from '@hono/zod-openapi';
import { flag, kinds, list, object, oneOf } from './ruled.ts';
import { leaves } from './segment-conditions.ts';

const MOST_GROUPS = 100;
const MOST_CONDITIONS = 100;
/** Of groups in groups; where the meaning is looked at, fewer are let through. */
const DEEPEST = 40;
/** Conditions and groups, nested ones included: what is looked at before anything else is. */
const MOST_IN_ALL = 1_000;

const FOREIGN_CONDITIONS = {
  'profile-postal-code-distance': 'nothing measures how far it is to a postal code',
  'profile-has-custom-object': 'there are no custom objects; ask for events',
  'profile-permissions': 'WhatsApp is no channel here',
  'profile-metric-funnel': 'there are no funnels; ask for each step `since-event` of the one before',
};

type Condition =
  | z.infer<(typeof leaves)[number]>
  | { type: 'group'; operator: 'and' | 'or' | 'not'; conditions: Condition[] };

const group = z.strictObject(
  {
    type: z.literal('group'),
    operator: oneOf(['and', 'or', 'not']).describe('`not` takes one condition'),
    get conditions(): z.ZodType<Condition[]> {
      return list(SegmentCondition, MOST_CONDITIONS);
    },
  },
  object,
);

const SegmentCondition = z
  .discriminatedUnion('type', [...leaves, group], kinds(FOREIGN_CONDITIONS))
  .openapi('SegmentCondition');

const definition = z.strictObject(
  {
    condition_groups: list(
      z.strictObject({ conditions: list(SegmentCondition, MOST_CONDITIONS).describe('Joined by OR') }, object),
      MOST_GROUPS,
    ).describe('Joined by AND; at most 100 conditions in all'),
    klaviyo: flag().optional().describe('Read it as Klaviyo does where the two differ'),
  },
  object,
);

/** The definition; how deep and how large it is has been looked at before anything else, without recursion. */
export const SegmentDefinition = z
  .preprocess((json, { addIssue }) => {
    const flaw = depthFlaw(json);
    if (flaw !== null) addIssue({ code: 'custom', path: flaw.path, message: flaw.rule });
    return json;
  }, definition)
  .openapi('SegmentDefinition', { description: "Klaviyo's shape, with an event's name where a metric's id stands" });
export type SegmentDefinition = z.infer<typeof SegmentDefinition>;

/** The first group that lies too deep or holds too much, in JSON that may be anything; null: every schema can take it. */
export function depthFlaw(json: unknown): { path: (string | number)[]; rule: string } | null {
  const groups = fieldOf(json, 'condition_groups');
  if (!Array.isArray(groups)) return null;
  if (groups.length > MOST_GROUPS) return { path: ['condition_groups'], rule: `must hold 1 to ${MOST_GROUPS}` };
  const waiting = groups.map((one: unknown, at) => ({
    one,
    path: ['condition_groups', at] as (string | number)[],
    depth: 0,
  }));
  let seen = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const conditions = fieldOf(next.one, 'conditions');
    if (!Array.isArray(conditions)) continue;
    const path = [...next.path, 'conditions'];
    const depth = next.depth + 1;
    if (depth > DEEPEST) return { path, rule: `must be nested at most ${DEEPEST} deep` };
    if (conditions.length > MOST_CONDITIONS) return { path, rule: `must hold 1 to ${MOST_CONDITIONS}` };
    seen += conditions.length;
    if (seen > MOST_IN_ALL)
      return {
        path: ['condition_groups'],
        rule: `must hold at most ${MOST_IN_ALL} conditions and groups, nested ones included`,
      };
    conditions.forEach((one: unknown, at) => {
      waiting.push({ one, path: [...path, at], depth });
    });
  }
  return null;
}

function fieldOf(json: unknown, field: string): unknown {
  return typeof json === 'object' && json !== null && Object.hasOwn(json, field) ? Reflect.get(json, field) : undefined;
}
