/**
 * What lines of a list's import would do, after the lines before them. Whom the shop knows is tried out where they are; of
 * somebody new the file is all there is.
 */
import type { GroupAnswer } from '../customers/record.ts';
import { customersOf } from '../customers/stubs.ts';
import { applyConsents, type Consents } from '../domain/consent.ts';
import type { CustomerEvent } from '../domain/event.ts';
import { applyLists, type ListOutcome, outcomeOf } from '../domain/segments/lists.ts';
import type { ListStates } from '../domain/segments/states.ts';
import type { LineVerdict, ToldLine } from '../imports/verdict.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { testNow } from '../shops/shop-time.ts';
import { eachObject } from './customer-pages.ts';
import { foresee } from './import-foresight.ts';
import type { StepCall } from './kind.ts';

type Asking = Pick<StepCall<unknown, unknown>, 'env' | 'shop' | 'job' | 'firstLines' | 'figures'>;

/** What a line of a list's import counts as. */
export const LIST_VERDICTS: Record<ListOutcome, LineVerdict['verdict']> = {
  moved: 'created',
  amended: 'updated',
  same: 'duplicate',
};

export interface Foreseen {
  lines: LineVerdict[];
  /** Name or customer -> since when the lines up to now would have them on the list, or have taken them off. */
  figures: [name: string, value: number][];
}

interface Line {
  line: number;
  event: CustomerEvent;
  names: string[];
}

export async function foreseeList(call: Asking, shop: ShopSnapshot, told: ToldLine[]): Promise<Foreseen> {
  const lines = await foresee(call, told, false);
  const asked = told.map(({ line, delivery: { event, subject } }, at): Line => {
    const customer = lines[at]?.about.customer ?? null;
    const names = subject.identifiers.map(({ kind, value }) => `${kind}:${value}`);
    return { line, event, names: customer === null ? names : [customer] };
  });
  const isKnown = (at: number) => lines[at]?.about.customer != null;
  const before = call.figures(asked.flatMap(({ names }) => names));
  const tried = await tryOut(
    call,
    shop,
    asked.filter((_, at) => isKnown(at)),
    before,
  );
  const rest = asked.filter(({ line }) => !tried.has(line));
  const outcomes = new Map([...tried, ...simulated(rest, before)]);
  return {
    lines: lines.map((one) => ({ ...one, verdict: LIST_VERDICTS[outcomes.get(one.line) ?? 'moved'] })),
    figures: [...figuresAfter(asked, before)],
  };
}

/** Of whom their object knows: line -> what it would do. */
async function tryOut(
  { env, job }: Asking,
  shop: ShopSnapshot,
  lines: Line[],
  before: Map<string, number>,
): Promise<Map<number, ListOutcome>> {
  const clockMs = await testNow(env, shop);
  const people = [...Map.groupBy(lines, ({ names }) => names[0] ?? '')];
  const answers = await eachObject(
    people,
    ([customer]) => customer,
    async (customer, own) => {
      const groups = own.map(([id, ones]) => {
        const events = [...earlier(ones, before.get(id), job), ...ones.map(({ event }) => event)];
        return { customer: id, known: true, inputs: events.map((event) => ({ kind: 'event' as const, event })) };
      });
      const call = { shop: shop.id, version: shop.version, groups, clockMs };
      const told = await customersOf(env, shop.id, customer).tryOut(call);
      return own.flatMap(([, ones], place) => outcomesOf(ones, told?.[place]));
    },
  );
  return new Map(answers.flat());
}

/** What the lines of the steps before would have done to the list, as one of them. */
function earlier([first]: Line[], sinceMs: number | undefined, job: string): CustomerEvent[] {
  if (first === undefined || sinceMs === undefined) return [];
  const { consents: _, ...event } = first.event;
  const lists = (event.lists ?? []).map((one) => ({ ...one, sinceMs: one.change === 'added' ? sinceMs : null }));
  return [{ ...event, key: `dry:${job}`, lists }];
}

/** The last answers are the lines'; nothing where the object knows nobody, or no more. */
function outcomesOf(lines: Line[], answer: GroupAnswer | undefined): [line: number, outcome: ListOutcome][] {
  if (answer === undefined || answer.moved !== null) return [];
  const own = answer.answers.slice(-lines.length);
  return lines.map(({ line }, at) => {
    const one = own[at];
    return [line, (one !== undefined && 'lists' in one ? one.lists : undefined) ?? 'moved'];
  });
}

/** Of somebody new, whom only the lines before name. */
function simulated(lines: Line[], before: Map<string, number>): Map<number, ListOutcome> {
  const met = new Map<string, { lists: ListStates; consents: Consents }>();
  return new Map(
    lines.map(({ line, event, names }) => {
      const sinceMs = least(names.map((name) => before.get(name)));
      const list = event.lists?.[0]?.list ?? '';
      const known = names.flatMap((name) => met.get(name) ?? [])[0];
      const state = known ?? { lists: sinceMs === null ? {} : { [list]: sinceMs }, consents: {} };
      const nowMs = event.receivedAtMs;
      const { lists, applied } = applyLists(state.lists, event.lists ?? [], nowMs);
      const teller = { trust: event.trust, known: true, nowMs };
      const { consents, recorded } = applyConsents(state.consents, event.consents ?? [], teller);
      for (const name of names) met.set(name, { lists, consents });
      return [line, outcomeOf(applied, recorded)];
    }),
  );
}

function figuresAfter(lines: Line[], before: Map<string, number>): Map<string, number> {
  const after = new Map<string, number>();
  for (const { event, names } of lines) {
    const own = event.lists?.[0]?.sinceMs ?? event.receivedAtMs;
    const sinceMs = least([own, ...names.map((name) => after.get(name) ?? before.get(name))]) ?? own;
    for (const name of names) after.set(name, sinceMs);
  }
  return after;
}

function least(values: (number | undefined)[]): number | null {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? null : Math.min(...known);
}
