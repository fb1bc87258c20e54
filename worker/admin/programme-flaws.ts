/** Refuses a programme whose parts name what is not there. */
import { segmentFlaws } from '../domain/earning/flaws.ts';
import { programmeFlaws } from '../domain/loyalty/programme-flaws.ts';
import type { Programme } from '../domain/programme.ts';
import type { TierProgramme } from '../domain/tiers/programme.ts';
import type { Env } from '../env.ts';
import { openSegments } from '../segments/cache.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { ProblemError } from '../wire/problem.ts';

export function requireSoundProgramme(programme: Programme): void {
  const errors = programmeFlaws(programme);
  if (errors.length > 0) throw new ProblemError('invalid_request', { errors });
}

/** Segments are looked up as they are now; one that is dropped later holds nobody. */
export async function requireKnownSegments(env: Env, shop: ShopSnapshot, programme: Programme): Promise<void> {
  const errors = segmentFlaws(programme, await openSegments(env, shop));
  if (errors.length > 0) throw new ProblemError('invalid_request', { errors });
}

/** Tiers beside the rest of the programme in force. */
export function requireSoundTiers({ settings }: ShopSnapshot, tiers: TierProgramme | null): void {
  if (tiers === null) return;
  const { birthdays: _, earning: __, ...rest } = settings.programme;
  requireSoundProgramme({ ...rest, tiers });
}
