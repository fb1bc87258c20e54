/** Puts people on a list or takes them off, here and now, and says for whom that changed anything. */
import { customersOf } from '../customers/stubs.ts';
import { directoryOf } from '../directory/cache.ts';
import { ERASED } from '../domain/customer.ts';
import type { CustomerEvent, Identifier } from '../domain/event.ts';
import type { JsonObject } from '../domain/json.ts';
import type { ListChange } from '../domain/segments/states.ts';
import type { Env } from '../env.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { testNow } from '../shops/shop-time.ts';
import { type Delivery, type DirectDelivery, deliver, eventVerdict } from './deliver.ts';
import { inParallel } from './follow.ts';

/** A merge may be under way; nobody moves more often while they are looked for. */
const MOST_HOPS = 3;
/** Under these names of a profile. */
const TRAITS: Partial<Record<Identifier['kind'], string>> = { user: 'userId', email: 'email', phone: 'phone' };

export interface Person {
  /** Our id, or what names them. */
  named: { customer: string } | Identifier;
  sinceMs: number | null;
}

export interface MembersChange {
  list: { id: string; name: string };
  change: ListChange['change'];
  people: Person[];
  nowMs: number;
  /** With a person's place it is the event's key: a rerun changes nothing more. */
  key: string;
}

export interface PersonChanged {
  verdict: 'changed' | 'unchanged' | 'unknown';
  customer: string | null;
}

/** One answer for each person, in order. Somebody new is made for who is added by a name, and for nobody else. */
export async function changeMembers(
  env: Env,
  shop: ShopSnapshot,
  wanted: MembersChange,
): Promise<{ changed: PersonChanged[]; rowsWritten: number }> {
  const found = await foundOf(env, shop.id, wanted.people);
  const before = await sinceOf(env, shop, wanted.list.id, new Set(found.filter((one) => one !== null)));
  const sent = wanted.people.flatMap((person, at) => {
    const delivery = deliveryOf(wanted, person, { at, customer: found[at] ?? null });
    return delivery === null ? [] : [{ at, delivery }];
  });
  const deliveries = sent.map(({ delivery }) => delivery);
  const { answers, customers, rowsWritten } = await deliver(env, shop, deliveries);
  if (answers.some((answer) => eventVerdict(answer) === 'failed')) throw new Error('a member was not recorded');
  const reached = new Map(sent.map(({ at }, place) => [at, customers[place] ?? '']));
  // people may be named twice
  const now = new Map<string, number | null>();
  const changed = wanted.people.map((person, at): PersonChanged => {
    const customer = reached.get(at);
    if (customer === undefined) return { verdict: 'unknown', customer: null };
    const known = (now.has(customer) ? now.get(customer) : before.get(found[at] ?? '')) ?? null;
    const after = stateAfter(wanted, person, known);
    now.set(customer, after);
    return { verdict: after === known ? 'unchanged' : 'changed', customer };
  });
  return { changed, rowsWritten };
}

/** Since when they are on the list; null: they are not. */
function stateAfter({ change, nowMs }: MembersChange, { sinceMs }: Person, known: number | null): number | null {
  if (change === 'removed') return null;
  if (known === null) return sinceMs ?? nowMs;
  return Math.min(known, sinceMs ?? known);
}

async function foundOf(env: Env, shop: string, people: Person[]): Promise<(string | null)[]> {
  const ids = people.map(({ named }) => ('customer' in named ? named.customer : ''));
  const names = people.map(({ named }) => ('customer' in named ? [] : [named]));
  const directory = directoryOf(env, shop);
  const [current, found] = await Promise.all([directory.currentAll(ids), directory.findAll(names)]);
  return people.map((_, at) => current[at] ?? found[at] ?? null);
}

/** Since when each is on the list as of now; who is not on it is left out. */
async function sinceOf(
  env: Env,
  shop: ShopSnapshot,
  list: string,
  customers: Set<string>,
): Promise<Map<string, number>> {
  const call = { shop: shop.id, version: shop.version, clockMs: await testNow(env, shop) };
  const since = new Map<string, number>();
  await inParallel([...customers], async (customer) => {
    let here = customer;
    for (let hop = 0; hop < MOST_HOPS; hop += 1) {
      const now = await customersOf(env, shop.id, here).memberships({ ...call, customer: here });
      if (now === null) return;
      const sinceMs = now.moved === null ? now.lists.find(({ id }) => id === list)?.sinceMs : undefined;
      if (sinceMs !== undefined) since.set(customer, sinceMs);
      if (now.moved === null || now.moved === ERASED) return;
      here = now.moved;
    }
  });
  return since;
}

function deliveryOf(
  wanted: MembersChange,
  { named, sinceMs }: Person,
  { at, customer }: { at: number; customer: string | null },
): Delivery | DirectDelivery | null {
  const event = eventOf(wanted, { at, sinceMs });
  const isAdded = wanted.change === 'added' && !('customer' in named);
  if (!isAdded) return customer === null ? null : { customer, event };
  const traits = customer === null ? traitsOf(named) : null;
  return { subject: { identifiers: [named], trust: 'server' }, event: { ...event, traits } };
}

/** Of somebody new the name is all that is known; a profile that is there is left alone. */
function traitsOf({ kind, value }: Identifier): JsonObject | null {
  const name = TRAITS[kind];
  return name === undefined ? null : { [name]: value };
}

function eventOf(
  { list, change, nowMs, key }: MembersChange,
  { at, sinceMs }: { at: number; sinceMs: number | null },
): CustomerEvent {
  return {
    key: `${key}:${at}`,
    source: 'api',
    trust: 'server',
    name: change === 'added' ? 'Subscribed to List' : 'Unsubscribed from List',
    occurredAtMs: nowMs,
    receivedAtMs: nowMs,
    properties: { list: list.id, list_name: list.name },
    traits: null,
    fact: null,
    lists: [{ list: list.id, change, sinceMs }],
  };
}
