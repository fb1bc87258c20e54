/**
 * Throws a shop's copies away and has the objects tell them again, while traffic goes on. Clearing ends before telling
 * begins, so a copy that stands afterwards was told whole; telling pages the Directory, never the copies.
 */
import { z } from 'zod';
import { customersOf } from '../customers/stubs.ts';
import { directoryOf } from '../directory/cache.ts';
import { CLEARED, clearSlice, setEpoch } from '../projection/clear.ts';
import { tellCopies } from '../projection/vouchers.ts';
import { shopOf } from '../shops/cache.ts';
import { eachObject } from './customer-pages.ts';
import { jobKind, type StepCall, type StepOutcome } from './kind.ts';
import { FIRST_PLACE, nextCopies, OfferPlace } from './offer-pages.ts';

const PAGE = 100;

const Cursor = z.discriminatedUnion('phase', [
  /** `table`: which of the copies' tables; `epoch` voids deletes that D1 applies after this phase. */
  z.strictObject({ phase: z.literal('clear'), epoch: z.int(), table: z.int(), after: z.string() }),
  z.strictObject({ phase: z.literal('tell'), after: z.string() }),
  z.strictObject({ phase: z.literal('tell_offers'), place: OfferPlace }),
]);
type Cursor = z.infer<typeof Cursor>;
type Call = StepCall<object, Cursor>;

export const rebuild = jobKind({
  input: z.strictObject({}),
  cursor: Cursor,
  exclusive: true,
  step: (call): Promise<StepOutcome<Cursor>> => {
    const { cursor } = call;
    if (cursor === null) return begin(call);
    if (cursor.phase === 'tell') return tell(call, cursor.after);
    if (cursor.phase === 'tell_offers') return tellOffers(call, cursor.place);
    return cursor.table < CLEARED.length ? clear(call, cursor) : endClearing(call, cursor.epoch);
  },
});

async function begin({ env, shop, progress }: Call): Promise<StepOutcome<Cursor>> {
  const epoch = Date.now();
  await setEpoch(env.DB, shop, epoch);
  return { state: 'going', progress, cursor: { phase: 'clear', epoch, table: 0, after: '' } };
}

async function clear(call: Call, from: Cursor & { phase: 'clear' }): Promise<StepOutcome<Cursor>> {
  const { env, shop, progress, untilMs } = call;
  const at = await repeated(from, untilMs, async (here) => {
    if (here.table === CLEARED.length) return null;
    const last = await clearSlice(env.DB, { shop, ...here });
    return last === null ? { ...here, table: here.table + 1, after: '' } : { ...here, after: last };
  });
  return { state: 'going', progress, cursor: at };
}

/** A step of its own: repeated after a crash, it must not find the epoch moved on that the deletes ask for. */
async function endClearing({ env, shop, progress }: Call, epoch: number): Promise<StepOutcome<Cursor>> {
  await setEpoch(env.DB, shop, epoch + 1);
  return { state: 'going', progress, cursor: { phase: 'tell', after: '' } };
}

async function tell(call: Call, from: string): Promise<StepOutcome<Cursor>> {
  const { env, shop, progress, untilMs } = call;
  const at = await repeated(
    { after: from, done: progress.done, ended: false },
    untilMs,
    async ({ after, done, ended }) => {
      if (ended) return null;
      const customers = await directoryOf(env, shop).page(after, PAGE);
      await eachObject(
        customers,
        (customer) => customer,
        (customer, own) => customersOf(env, shop, customer).retell(own),
      );
      return { after: customers.at(-1) ?? after, done: done + customers.length, ended: customers.length < PAGE };
    },
  );
  if (!at.ended)
    return { state: 'going', progress: { done: at.done, total: null }, cursor: { phase: 'tell', after: at.after } };
  const cursor = { phase: 'tell_offers' as const, place: FIRST_PLACE };
  return { state: 'going', progress: { done: at.done, total: at.done }, cursor };
}

/** Campaigns and the codes that nobody holds. */
async function tellOffers({ env, shop, progress, untilMs }: Call, from: OfferPlace): Promise<StepOutcome<Cursor>> {
  const at = await repeated({ place: from, ended: false }, untilMs, async ({ place, ended }) => {
    if (ended) return null;
    const { copies, next } = await nextCopies({ env, shop, settleMs: 0 }, place);
    await tellCopies(env.DB, shop, copies);
    return { place: next ?? place, ended: next === null };
  });
  if (!at.ended) return { state: 'going', progress, cursor: { phase: 'tell_offers', place: at.place } };
  await shopOf(env, shop).retell();
  return { state: 'done', progress, result: { customers: progress.done } };
}

/** Goes on until `next` answers null or the time is over; a failure gives up only what has not moved at all. */
async function repeated<T>(from: T, untilMs: number, next: (at: T) => Promise<T | null>): Promise<T> {
  let at = from;
  do {
    try {
      const moved = await next(at);
      if (moved === null) return at;
      at = moved;
    } catch (error) {
      if (at === from) throw error;
      return at;
    }
  } while (Date.now() < untilMs);
  return at;
}
