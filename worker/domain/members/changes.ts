/** What it is called when somebody joins the programme or leaves it. */
import type { MemberState } from './state.ts';

export const JOINED = 'Joined Programme';
export const LEFT = 'Left Programme';

/** The public name of a change; null where nobody joined and nobody left. */
export function nameOfChange(before: MemberState, after: MemberState): string | null {
  if (before === after || (before !== 'member' && after !== 'member')) return null;
  return after === 'member' ? JOINED : LEFT;
}
