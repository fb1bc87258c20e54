/**
 * Whom the lines of a file of points mean, settled before any of them does something: a page that a crash or a failure
 * cut short is then done again for the same people, and can be taken back.
 */
import { z } from 'zod';
import { directoryOf } from '../directory/cache.ts';
import type { LineOwner } from '../directory/openings.ts';
import type { ReadRow } from '../imports/batch.ts';
import type { Flaw } from '../imports/fields.ts';
import type { PointsLine, PointsReading } from '../imports/points-lines.ts';
import type { NewPointsImport } from '../wire/points-imports.ts';
import type { StepCall } from './kind.ts';

export const Planned = z.strictObject({
  line: z.int(),
  /** null: nobody has been seen by these names. */
  customer: z.string().nullable(),
  /** An earlier line about the same customer. */
  also: z.int().optional(),
  /** What waits for these names already. */
  waiting: z.int().optional(),
  /** The line has come before, and nobody has come for it. */
  made: z.boolean().optional(),
  flaw: z.strictObject({ field: z.string(), rule: z.string() }).optional(),
});
export type Planned = z.infer<typeof Planned>;

export type PointsRow = ReadRow<PointsReading>;
export interface ToldRow {
  line: number;
  told: PointsLine;
}

/** The id that a line has for ever, however often its file comes. */
export function lineId(file: string, line: number): string {
  return `${file}_${line}`;
}

export function toldRows(rows: PointsRow[]): ToldRow[] {
  return rows.flatMap(({ line, reading }) => (reading?.told == null ? [] : [{ line, told: reading.told }]));
}

type Call = Pick<StepCall<NewPointsImport, unknown>, 'env' | 'shop' | 'input' | 'firstLines'>;

/** One for each row that can be read. */
export async function planOf(call: Call, file: string, rows: PointsRow[]): Promise<Planned[]> {
  const told = toldRows(rows);
  if (told.length === 0) return [];
  const named = told.map(({ line, told: { names, customer } }) => ({ id: lineId(file, line), names, customer }));
  const owners = await directoryOf(call.env, call.shop).lineOwners(named);
  const planned = told.map((row, at) => ({ row, plan: ownPlan(call.input, row, owners[at]) }));
  const able = planned.filter(({ plan }) => plan.flaw === undefined);
  const first = call.firstLines(
    able.flatMap(({ row, plan }) => meetingNames(row, plan).map((name): [string, number] => [name, row.line])),
  );
  return planned.map(({ row, plan }): Planned => {
    if (plan.flaw !== undefined) return plan;
    const also = Math.min(...meetingNames(row, plan).map((name) => first.get(name) ?? row.line));
    if (also >= row.line) return plan;
    const rule = `line ${also} is about the same customer`;
    return call.input.mode === 'set' ? { ...plan, flaw: { field: 'line', rule } } : { ...plan, also };
  });
}

/** What a line is found by when another one is about the same person. */
function meetingNames({ told }: ToldRow, { customer }: Planned): string[] {
  return customer === null ? told.names.map(({ kind, value }) => `${kind}:${value}`) : [`customer ${customer}`];
}

function ownPlan(input: NewPointsImport, { line, told }: ToldRow, owner: LineOwner | undefined): Planned {
  if (owner === undefined) throw new Error('a line without its owner');
  const { customers, isUnknownId, made, waiting } = owner;
  const [customer = null, other] = customers;
  if (isUnknownId) return refused(line, { field: 'customer_id', rule: 'is no customer of this shop' });
  if (other !== undefined) return refused(line, { field: 'line', rule: 'names more than one customer' });
  const isOver = made !== null && made.state !== 'claimed' && made.state !== 'credited';
  if (isOver) return { line, customer: null, made: true };
  if (customer !== null) return { line, customer };
  const flaw = strangerFlaw(input, told);
  return flaw === null ? { line, customer, ...(waiting === 0 ? {} : { waiting }) } : refused(line, flaw);
}

/** Why nothing can wait for somebody whom nobody has seen. */
function strangerFlaw({ unknown, mode, allowDebt }: NewPointsImport, { amount }: PointsLine): Flaw | null {
  if (unknown === 'refuse') return { field: 'line', rule: 'names nobody who is known' };
  if (mode === 'add' && amount < 0 && !allowDebt)
    return { field: 'points', rule: 'must not be taken from somebody whom nobody has seen' };
  return null;
}

function refused(line: number, flaw: Flaw): Planned {
  return { line, customer: null, flaw };
}
