/** What the programme itself makes of somebody's taking part: it takes in whom it enrols, and keeps out whom a tag excludes. */
import type { Part, When } from '../loyalty/part.ts';
import type { Terms } from '../terms.ts';
import { pushRow, type Work } from '../work.ts';
import { nameOfChange } from './changes.ts';
import { hasTag, isEnrolled, participationOf } from './participation.ts';
import type { Membership } from './state.ts';

export const membersPart: Part = {
  after: (work, happened, terms) => {
    const { members } = terms.programme;
    if (members === undefined) return;
    const { member } = work.head.loyalty;
    const next = nextOf(work, terms, happened.nowMs);
    if (next === member) return;
    const isIn = () => false;
    const before = participationOf(work.before, terms.programme, isIn);
    set(work, next);
    // whom the programme had taken in without a word, before it was asked to keep count, is no news
    const state = participationOf(work.head, terms.programme, isIn);
    const name = nameOfChange(before, state);
    if (name !== null) tell(work, { name, state, reason: next?.reason ?? null }, terms, happened);
  },
};

/** As it is to be; the same where nothing changes. */
function nextOf({ head }: Work, { programme }: Terms, nowMs: number): Membership | undefined {
  const { member } = head.loyalty;
  const { members } = programme;
  if (members === undefined) return member;
  const isTagged = hasTag(head.traits, members.exclude.tags);
  if (isTagged && member?.state !== 'disabled')
    return { state: 'disabled', sinceMs: nowMs, by: 'enrolment', reason: 'tag', tagged: true, ...was(member) };
  if (isTagged || member?.tagged !== true) {
    if (member !== undefined || isTagged || !isEnrolled(head, members)) return member;
    return { state: 'member', sinceMs: nowMs, by: 'enrolment' };
  }
  const state = member.was ?? (isEnrolled(head, members) ? 'member' : 'candidate');
  return { state, sinceMs: nowMs, by: 'enrolment' };
}

function was(member: Membership | undefined): Pick<Membership, 'was'> {
  return member === undefined || member.state === 'disabled' ? {} : { was: member.state };
}

function set(work: Work, member: Membership | undefined): void {
  const { member: _, ...rest } = work.head.loyalty;
  work.head = { ...work.head, loyalty: member === undefined ? rest : { ...rest, member } };
}

interface Told {
  name: string;
  state: string;
  reason: string | null;
}

function tell(work: Work, { name, state, reason }: Told, terms: Terms, { atMs, nowMs }: When): void {
  const properties = { state, reason, by: 'enrolment' };
  pushRow(work, {
    kind: 'member.changed',
    name,
    atMs,
    recordedAtMs: nowMs,
    terms,
    entries: [],
    about: { state, properties },
  });
}
