/** Does what the planned lines of a file of points ask, each once: at their customers, or as what waits for somebody. */
import { directoryOf } from '../directory/cache.ts';
import type { Kept } from '../directory/openings.ts';
import { operateMany } from '../routing/operate-many.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import type { StepCall } from './kind.ts';
import type { Planned, ToldRow } from './points-plan.ts';
import {
  answeredLine,
  duplicateLine,
  fromOf,
  openingOfLine,
  operationOf,
  type PointsFile,
  type PointsVerdict,
  refusedLine,
} from './points-verdict.ts';

export type PlannedRow = ToldRow & { plan: Planned };

type Asking = Pick<StepCall<unknown, unknown>, 'env'> & { shop: ShopSnapshot; of: PointsFile };

/** In no order that means anything. */
export async function givePoints(asking: Asking, rows: PlannedRow[]): Promise<PointsVerdict[]> {
  const known = rows.flatMap((row) => (row.plan.customer === null ? [] : [{ ...row, customer: row.plan.customer }]));
  const strangers = rows.filter(({ plan }) => plan.customer === null);
  const [given, kept] = await Promise.all([tell(asking, known), keep(asking, strangers)]);
  // somebody came while the file was read
  const late = await tell(asking, kept.come);
  return [...given, ...kept.lines, ...late];
}

type KnownRow = PlannedRow & { customer: string };

async function tell({ env, shop, of }: Asking, rows: KnownRow[]): Promise<PointsVerdict[]> {
  const all = rows.map((row) => ({ customer: row.customer, operation: operationOf(of, row) }));
  const answers = await operateMany(env, shop, all);
  return rows.map(({ line, customer }, at) => {
    const answer = answers[at];
    if (answer === undefined) throw new Error('a line without its answer');
    return answeredLine(answer, { line, customer }, fromOf(of, line));
  });
}

async function keep({ env, shop, of }: Asking, rows: PlannedRow[]) {
  const come: KnownRow[] = [];
  if (rows.length === 0) return { lines: [], come };
  const set = of.input.mode === 'set';
  const all = rows.map((row) => ({ opening: openingOfLine(of, row), names: row.told.names, set }));
  const kept = await directoryOf(env, shop.id).keepOpenings(all);
  const lines = rows.flatMap((row, at): PointsVerdict[] => {
    const one = kept[at];
    if (one === undefined) throw new Error('a line that was not kept');
    if (one.kind === 'customer') come.push({ ...row, customer: one.customer });
    return one.kind === 'customer' ? [] : [keptLine(one, row.line, fromOf(of, row.line))];
  });
  return { lines, come };
}

function keptLine(kept: Exclude<Kept, { kind: 'customer' }>, line: number, from: string): PointsVerdict {
  if (kept.kind === 'full')
    return refusedLine(line, { field: 'line', rule: 'is one too many that waits for somebody' });
  if (kept.kind === 'known' && kept.from !== from) return duplicateLine({ line, customer: null }, kept.from);
  return { line, verdict: 'waiting', customer: null, points: kept.points };
}
