/** What the planned lines of a file of points would do, after the lines before them. Asks, and gives nobody anything. */
import type { GroupAnswer } from '../customers/record.ts';
import { customersOf } from '../customers/stubs.ts';
import { directoryOf } from '../directory/cache.ts';
import type { Operation } from '../domain/operations.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { testNow } from '../shops/shop-time.ts';
import { eachObject } from './customer-pages.ts';
import type { StepCall } from './kind.ts';
import type { PlannedRow } from './points-give.ts';
import {
  answeredLine,
  duplicateLine,
  fromOf,
  operationOf,
  type PointsFile,
  type PointsVerdict,
  refusedLine,
} from './points-verdict.ts';

const MOST_ROUNDS = 8;

type Asking = Pick<StepCall<unknown, unknown>, 'env' | 'figures'> & { shop: ShopSnapshot; of: PointsFile };

export interface Foreseen {
  lines: PointsVerdict[];
  /** Customer -> what all lines up to now would have moved. */
  figures: [name: string, value: number][];
}

/** In no order that means anything. */
export async function foreseePoints(asking: Asking, rows: PlannedRow[]): Promise<Foreseen> {
  const strangers = rows.flatMap((row) => (row.plan.customer === null ? [strangerLine(asking.of, row)] : []));
  const byCustomer = Map.groupBy(
    rows.filter(({ plan }) => plan.customer !== null),
    ({ plan }) => plan.customer ?? '',
  );
  const before = asking.figures([...byCustomer.keys()]);
  const wanted = [...byCustomer].map(([customer, own]): Wanted => {
    return { customer, at: customer, rows: own, moved: before.get(customer) ?? 0 };
  });
  const tried = await tryAll(asking, wanted);
  const lines = tried.flatMap(({ lines }) => lines);
  const figures = tried.map(({ customer, lines, moved }): [string, number] => {
    return [customer, lines.reduce((sum, { points = 0 }) => sum + points, moved)];
  });
  return { lines: [...strangers, ...lines], figures };
}

interface Wanted {
  customer: string;
  /** Whom the customer turned out to be. */
  at: string;
  rows: PlannedRow[];
  /** What earlier lines would have moved. */
  moved: number;
}

type Tried = Wanted & { lines: PointsVerdict[] };

async function tryAll(asking: Asking, wanted: Wanted[]): Promise<Tried[]> {
  const { env, shop } = asking;
  const clockMs = await testNow(env, shop);
  const done: Tried[] = [];
  let open = wanted;
  for (let round = 0; open.length > 0; round += 1) {
    if (round === MOST_ROUNDS) throw new Error('customers kept moving');
    const answers = await eachObject(
      open,
      (one) => one.at,
      async (customer, own) => {
        const groups = own.map((one) => ({ customer: one.at, known: false, inputs: inputsOf(asking.of, one) }));
        const call = { shop: shop.id, version: shop.version, groups, clockMs };
        const told = await customersOf(env, shop.id, customer).tryOut(call);
        return own.map((one, place) => ({ one, answer: told?.[place] ?? null }));
      },
    );
    const moved: Wanted[] = [];
    for (const { one, answer } of answers.flat()) {
      if (answer !== null && answer.moved !== null) moved.push(one);
      else done.push({ ...one, lines: linesOf(asking.of, one, answer) });
    }
    const now = await directoryOf(env, shop.id).currentAll(moved.map(({ at }) => at));
    // of one who was erased there is nothing
    const erased = moved.filter((_, place) => now[place] === null);
    for (const one of erased) done.push({ ...one, lines: linesOf(asking.of, one, null) });
    open = moved.flatMap((one, place) => (now[place] == null ? [] : [{ ...one, at: now[place] }]));
  }
  return done;
}

/** What earlier lines would have moved comes first, whatever the balance says. */
function inputsOf(of: PointsFile, { rows, moved }: Wanted) {
  const words = { fingerprint: of.file, reason: null, note: null, expiresAtMs: null, allowDebt: true };
  const first: Operation[] = moved === 0 ? [] : [{ op: 'adjust', key: `dry:${of.job}`, points: moved, ...words }];
  const operations = [...first, ...rows.map((row) => operationOf(of, row))];
  return operations.map((operation) => ({ kind: 'operation' as const, operation }));
}

function linesOf(of: PointsFile, { customer, rows, moved }: Wanted, answer: GroupAnswer | null): PointsVerdict[] {
  if (answer === null) return withoutObject(of, { customer, rows, moved });
  if (answer.moved !== null) throw new Error('a customer who moved');
  const answers = moved === 0 ? answer.answers : answer.answers.slice(1);
  return rows.map(({ line }, at) => {
    const one = answers[at];
    if (one === undefined) throw new Error('a line without its answer');
    return answeredLine(one, { line, customer }, fromOf(of, line));
  });
}

/** Nothing was ever recorded of this customer. */
function withoutObject(of: PointsFile, { customer, rows, moved }: Omit<Wanted, 'at'>): PointsVerdict[] {
  let balance = moved;
  return rows.map(({ line, told: { amount } }): PointsVerdict => {
    const points = of.input.mode === 'set' ? amount - balance : amount;
    if (balance + points < 0 && !of.input.allowDebt)
      return refusedLine(line, { field: 'points', rule: `must not take more than the balance of ${balance}` });
    balance += points;
    const verdict = points > 0 ? 'given' : points < 0 ? 'taken' : 'unchanged';
    return { line, verdict, customer, points, balance };
  });
}

function strangerLine(of: PointsFile, { line, told, plan }: PlannedRow): PointsVerdict {
  if (plan.made === true) return duplicateLine({ line, customer: null }, null);
  const points = of.input.mode === 'set' ? told.amount - (plan.waiting ?? 0) : told.amount;
  return { line, verdict: 'waiting', customer: null, points };
}
