/** What vouchers would do for an order, and how that is told; the same for servers and for browsers, which are told less. */
import type { Taken } from '../domain/vouchers/bill.ts';
import { EVERY_ITEM } from '../domain/vouchers/discount.ts';
import { LONGEST_LOCK_MS, ttlMs } from '../domain/vouchers/locks.ts';
import type { Refused } from '../domain/vouchers/refused.ts';
import type { Planned as Entry } from '../domain/vouchers/stack.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import type { Planned } from '../publishing/plan.ts';
import { validate, validateAndLock } from '../publishing/validate.ts';
import { type Asking, type Named, nameOf, type Redeemable, type World } from '../publishing/world.ts';
import type * as wire from '../wire/voucher-redemptions.ts';
import { hundredthsOf } from './amounts.ts';
import { errorBody, refusedAs, type VoucherError } from './errors.ts';
import { orderView, sentOrder } from './order-view.ts';
import { applicableView } from './terms-view.ts';
import { discountView, giftView } from './voucher-view.ts';

interface Session {
  key: string;
  type: 'LOCK';
  ttl: number;
  ttl_unit: wire.VoucherSession['ttl_unit'];
}

export interface Evaluated {
  planned: Planned;
  session: Session | null;
  /** Why a voucher could not be kept, and which. */
  refused: Refused | null;
  code: string | null;
}

export interface Evaluating {
  redeemables: Redeemable[];
  session: wire.VoucherSession | null;
  named: Named;
  scope: 'exact' | 'public';
}

/** Throws where the request is malformed. With a session what can be used is kept for whoever has its key. */
export async function evaluate(
  world: World,
  asking: Asking,
  { redeemables, session, named, scope }: Evaluating,
): Promise<Evaluated> {
  const wanted = { redeemables, scope };
  const first = redeemables[0]?.code ?? '';
  if (session === null) {
    const planned = await validate(world, asking, wanted);
    if ('refused' in planned) throw refusedAs(planned.refused, first);
    return { planned, session: null, refused: null, code: null };
  }
  const view = sessionOf(session, `ssn_${nameOf(world, 'session', named)}`);
  const told = await validateAndLock(world, asking, { ...wanted, ...named, lockKey: view.key, ttlMs: ttlOf(view) });
  if (told.state === 'malformed') throw refusedAs(told.refused, first);
  if (told.state === 'locked') return { planned: told.planned, session: view, refused: null, code: null };
  return { planned: told.planned, session: null, refused: told.refused, code: told.code };
}

const SHORT = { ttl: 15, ttl_unit: 'MINUTES' as const };
const LONGEST = { ttl: 7, ttl_unit: 'DAYS' as const };

/** As it is kept: for 15 minutes where no time is said, and never for more than 7 days. */
function sessionOf({ key, ttl, ttl_unit }: wire.VoucherSession, made: string): Session {
  const said = ttl === undefined ? SHORT : { ttl, ttl_unit };
  return { key: key ?? made, type: 'LOCK', ...(ttlOf(said) === LONGEST_LOCK_MS ? LONGEST : said) };
}

export function ttlOf({ ttl, ttl_unit }: Pick<Session, 'ttl' | 'ttl_unit'>): number {
  return ttlMs(ttl, ttl_unit);
}

/** How an answer is told. */
export interface Telling {
  currency: string;
  requestId: string;
  /** The order as it was sent. */
  order: wire.VoucherOrder | null;
  /** What is to be told more of; absent: nothing. Pages are told no more of any voucher. */
  expand?: readonly wire.Expand[] | undefined;
  /** The error for a refusal of a code: by itself, or as if there were no such code. */
  errorOf: (refused: Refused, code: string) => VoucherError;
}

/** The answer to a validation of one code. `about`: what came with the request. */
export function oneView(done: Evaluated, code: string, about: object, telling: Telling): object {
  const { currency, requestId } = telling;
  const [entry] = done.planned.plan.entries;
  const refused = done.refused ?? refusedIn(entry);
  if (refused !== null) {
    const error = errorBody(telling.errorOf(refused, code), requestId);
    return { code, ...about, reason: error.message, error };
  }
  const order = orderIn(done.planned, telling);
  const given = entry?.voucher == null ? {} : benefitView(entry.voucher, currency);
  const campaign = entry?.voucher == null ? {} : { campaign_id: entry.voucher.campaign };
  const limits = entry?.voucher == null ? {} : limitsView(entry.voucher);
  return { code, ...about, ...campaign, ...given, ...limits, order, ...sessionPart(done.session) };
}

export function isValid(done: Evaluated): boolean {
  return done.planned.plan.valid && done.refused === null;
}

/** The answer to a validation of several for one order. */
export function stackView(done: Evaluated, telling: Telling): object {
  const about = { tracking_id: null, stacking_rules: stackingView(done.planned) };
  const earlier: Taken[] = [];
  const redeemables = done.planned.plan.entries.map((entry) => {
    const view = entryView({ entry, refused: entry.id === done.code ? done.refused : null, earlier }, telling);
    earlier.push(...takenBy(entry));
    return { ...view, ...moreOf(done.planned, entry, telling) };
  });
  if (!isValid(done)) {
    const inapplicable_redeemables = redeemables.filter(({ status }) => status === 'INAPPLICABLE');
    return { redeemables, inapplicable_redeemables, ...about };
  }
  return { redeemables, order: orderIn(done.planned, telling), ...about, ...sessionPart(done.session) };
}

const sessionPart = (session: Session | null) => (session === null ? {} : { session });

function refusedIn(entry: Entry | undefined): Refused | null {
  return entry?.status === 'inapplicable' ? entry.refused : null;
}

/** After all that apply; null: none was named. */
function orderIn({ plan }: Planned, { order, currency }: Telling) {
  const known = sentOrder(order, plan.bill?.cart ?? null);
  return known === null ? null : orderView(known, { taken: plan.entries.flatMap(takenBy) }, currency);
}

function takenBy(entry: Entry): Taken[] {
  return entry.status === 'applicable' && entry.fit.taken !== null ? [entry.fit.taken] : [];
}

/** What is told of a voucher only where it is asked for. */
function moreOf({ sources }: Planned, { id, voucher }: Entry, { expand = [] }: Telling) {
  if (voucher === null) return {};
  const campaign = sources.find(({ redeemable }) => redeemable.code === id)?.campaign ?? null;
  const category = voucher.category ?? campaign?.category ?? null;
  const about = { campaign_id: voucher.campaign, campaign_name: campaign?.name ?? null, metadata: voucher.metadata };
  const categories = category === null ? [] : [categoryView(category)];
  return { ...(expand.includes('redeemable') ? about : {}), ...(expand.includes('category') ? { categories } : {}) };
}

export function categoryView(name: string) {
  return { id: name, name, hierarchy: 0, object: 'category' };
}

export function benefitView(voucher: Voucher, currency: string) {
  const { benefit } = voucher;
  if (benefit.kind === 'gift') return { gift: giftView(voucher) };
  return { discount: discountView(benefit.discount, currency) };
}

function limitsView({ benefit }: Voucher) {
  return applicableView(benefit.kind === 'gift' ? EVERY_ITEM : benefit.applicable);
}

interface Viewing {
  entry: Entry;
  refused: Refused | null;
  /** What those before it took. */
  earlier: readonly Taken[];
}

export function entryView({ entry, refused, earlier }: Viewing, telling: Telling) {
  const { currency, requestId, errorOf } = telling;
  const { id, voucher } = entry;
  const why = refused ?? refusedIn(entry);
  if (why !== null) {
    const result = { error: errorBody(errorOf(why, id), requestId) };
    return { status: 'INAPPLICABLE', id, object: 'voucher', result };
  }
  if (entry.status === 'skipped') {
    const result = { details: { key: entry.key, message: entry.message } };
    return { status: 'SKIPPED', id, object: 'voucher', result };
  }
  const credits = entry.status === 'applicable' ? entry.fit.creditsMinor : null;
  const spent = credits === null ? {} : { gift: { credits: hundredthsOf(credits, currency) } };
  const result = credits === null && voucher !== null ? benefitView(voucher, currency) : spent;
  const known = sentOrder(telling.order, entry.status === 'applicable' ? (entry.after?.cart ?? null) : null);
  const taken = [...earlier, ...takenBy(entry)];
  const order = known === null ? {} : { order: orderView(known, { taken, from: earlier.length }, currency) };
  const limits = voucher === null ? {} : limitsView(voucher);
  return { status: 'APPLICABLE', id, object: 'voucher', ...order, ...limits, result };
}

export function stackingView({ terms }: Pick<Planned, 'terms'>) {
  const { mode, limit, applicableLimit, exclusive, joint } = terms.stacking;
  return {
    redeemables_limit: limit,
    applicable_redeemables_limit: applicableLimit,
    applicable_exclusive_redeemables_limit: 1,
    exclusive_categories: exclusive,
    joint_categories: joint,
    redeemables_application_mode: mode === 'all' ? 'ALL' : 'PARTIAL',
  };
}
