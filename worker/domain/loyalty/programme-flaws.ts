/** What the parts of a programme say of one another that does not hold: a reward or a tier that is named and is not there. */
import { earningFlaws } from '../earning/flaws.ts';
import type { Programme } from '../programme.ts';
import type { Bonus } from './bonus.ts';

export interface ProgrammeFlaw {
  /** Dotted path. */
  field: string;
  rule: string;
}

export function programmeFlaws(
  programme: Pick<Programme, 'tiers' | 'birthdays' | 'rewards' | 'earning'>,
): ProgrammeFlaw[] {
  const { tiers, birthdays } = programme;
  const bonuses: [string, Bonus | null][] = [
    ...(tiers?.tiers ?? []).map(({ entry }, at): [string, Bonus | null] => [`tiers.tiers.${at}.entry`, entry]),
    ['birthdays.bonus', birthdays?.bonus ?? null],
    ...Object.entries(birthdays?.tiers ?? {}).map(([id, bonus]): [string, Bonus] => [`birthdays.tiers.${id}`, bonus]),
  ];
  const named = bonuses.flatMap(([field, bonus]) => bonusFlaws(field, bonus, programme));
  return [...named, ...tierFlaws(programme), ...earningFlaws(programme)];
}

function bonusFlaws(field: string, bonus: Bonus | null, { rewards }: Pick<Programme, 'rewards'>): ProgrammeFlaw[] {
  if (bonus?.kind !== 'reward') return [];
  const reward = rewards?.rewards.find((one) => one.id === bonus.reward);
  if (reward === undefined) return [{ field: `${field}.reward`, rule: 'must be the id of a reward of the programme' }];
  const isVariable = reward.benefit.kind === 'variable';
  return isVariable ? [{ field: `${field}.reward`, rule: 'must not be a variable reward, whose worth is chosen' }] : [];
}

function tierFlaws({ tiers, birthdays }: Pick<Programme, 'tiers' | 'birthdays'>): ProgrammeFlaw[] {
  const known = new Set(tiers?.tiers.map(({ id }) => id));
  return Object.keys(birthdays?.tiers ?? {})
    .filter((id) => !known.has(id))
    .map((id) => ({ field: `birthdays.tiers.${id}`, rule: 'must be the id of a tier of the programme' }));
}
