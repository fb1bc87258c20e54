/** Whether somebody takes part in the programme as of now: what was said of them, and what the programme says. Pure. */
import type { Head } from '../customer.ts';
import type { JsonObject } from '../json.ts';
import type { Programme } from '../programme.ts';
import type { MemberProgramme } from './programme.ts';
import type { MemberState } from './state.ts';

export type Participant = Pick<Head, 'known' | 'traits' | 'loyalty'>;

/** `isIn`: whether they are in a segment. In a shop without the part everybody is a member of whom nobody said otherwise. */
export function participationOf(
  head: Participant,
  { members }: Pick<Programme, 'members'>,
  isIn: (segment: string) => boolean,
): MemberState {
  const { member } = head.loyalty;
  if (members === undefined) return member?.state ?? 'member';
  if (member?.state === 'disabled' && member.tagged !== true) return 'disabled';
  if (hasTag(head.traits, members.exclude.tags) || members.exclude.segments.some(isIn)) return 'disabled';
  if (member !== undefined && member.tagged !== true) return member.state;
  if (member?.was !== undefined) return member.was;
  return isEnrolled(head, members) ? 'member' : 'candidate';
}

/** Whether they earn: members do, who is none yet where the shop lets their balance wait. */
export function earns(state: MemberState, { members }: Pick<Programme, 'members'>): boolean {
  return state === 'member' || (state === 'candidate' && members?.guestsEarn === true);
}

/** Whether the programme takes somebody in without being asked. */
export function isEnrolled(
  { known, traits }: Pick<Head, 'known' | 'traits'>,
  { enrolment }: Pick<MemberProgramme, 'enrolment'>,
): boolean {
  switch (enrolment) {
    case 'automatic':
      return known;
    case 'account':
      return known && hasAccount(traits);
    case 'join':
      return false;
  }
}

/** A user id is an account's; Shopify says of each of its customers whether they have one. */
function hasAccount(traits: JsonObject): boolean {
  return typeof traits.userId === 'string' || traits.accountState === 'enabled';
}

/** Tags are a list, or a text with commas between them, as shops write them; capitals do not count. */
export function hasTag(traits: JsonObject, wanted: readonly string[]): boolean {
  if (wanted.length === 0) return false;
  const told = Array.isArray(traits.tags) ? traits.tags : String(traits.tags ?? '').split(',');
  const tags = new Set(told.map((tag) => String(tag).trim().toLowerCase()));
  return wanted.some((tag) => tags.has(tag.trim().toLowerCase()));
}
