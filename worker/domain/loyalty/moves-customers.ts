/** Whether another programme changes anything of customers by itself: their tier, what is due next. Else it is in force with what they do next. */
import type { Programme } from '../programme.ts';
import { countingOf } from '../tiers/counting.ts';

export function movesCustomers(before: Programme, after: Programme): boolean {
  return parts(before) !== parts(after);
}

function parts(programme: Programme): string {
  const { tiers, birthdays, inactivity, members } = programme;
  return JSON.stringify([tiers, birthdays, inactivity, members, countingOf(programme)].map((part) => part ?? null));
}
