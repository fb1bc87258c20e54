/** Whether a customer takes part in the programme. */

/** `candidate`: could be a member, and is none. `disabled`: takes no part, whatever they do. */
export const MEMBER_STATES = ['member', 'candidate', 'disabled'] as const;
export type MemberState = (typeof MEMBER_STATES)[number];

/** What was said of somebody; absent: nobody said anything, and the programme decides. */
export interface Membership {
  state: MemberState;
  sinceMs: number;
  /** Who said so: the programme's enrolment, an event, the merchant, the shopper. */
  by: 'enrolment' | 'event' | 'api' | 'hub';
  reason?: string;
  /** Kept out by a tag; with the tag that ends, and they are again what they were. */
  tagged?: true;
  was?: 'member' | 'candidate';
}

/** Of two customers who turned out to be one: who was kept out by hand stays so, else who ever was a member is one, since the earlier day. */
export function joinMemberships(own: Membership | undefined, other: Membership | undefined): Membership | undefined {
  if (own === undefined || other === undefined) return own ?? other;
  const ranks: readonly MemberState[] = ['disabled', 'member', 'candidate'];
  const [first, second] = [ranks.indexOf(own.state), ranks.indexOf(other.state)];
  if (first !== second) return first < second ? own : other;
  return own.sinceMs <= other.sinceMs ? own : other;
}
