/** Tells customers what they redeemed with codes that nobody holds, as events of theirs: so it is in their journal, and goes out from there. */
import type { CustomerEvent } from '../domain/event.ts';
import type { JsonObject } from '../domain/json.ts';
import { redemptionProperties, rolledBackProperties, useProperties } from '../domain/vouchers/held-rows.ts';
import type { Redemption } from '../domain/vouchers/voucher.ts';
import type { Env } from '../env.ts';
import { recordAll, type Told } from '../holds/customer.ts';
import { openTerms } from '../shops/cache.ts';
import type { Entry, EntryBody } from './entries.ts';
import { erase } from './erasing.ts';
import type { Listener } from './outbox.ts';
import type { CodeStore } from './store.ts';
import { tellErased } from './tell-copies.ts';

export function customersListener(env: Env, shop: string, store: CodeStore): Listener {
  return async (entries) => {
    const { settings } = await openTerms(env, shop, 1);
    const events = new Map<string, Told[]>();
    for (const entry of entries) {
      const told = eventOf(entry, settings.currency);
      if (told === null) continue;
      events.set(told.customer, [...(events.get(told.customer) ?? []), { kind: 'event', event: told.event }]);
    }
    // one that trips a bug is kept by the customer as failed, and played again from there
    const gone = [...(await recordAll(env, shop, events))];
    if (gone.length > 0) await forgetUses(env, shop, { store, entries, gone });
  };
}

/** They were erased before they heard of it: nobody but this object knows that it was they. */
async function forgetUses(
  env: Env,
  shop: string,
  { store, entries, gone }: { store: CodeStore; entries: Entry[]; gone: string[] },
): Promise<void> {
  const uses = entries.flatMap(({ body }) => {
    if (!('redemption' in body) || !gone.includes(body.redemption.customer ?? '')) return [];
    return body.kind === 'rolled_back' ? [body.redemption.id, body.rollback.id] : [body.redemption.id];
  });
  const call = { op: '', customers: gone, subject: '', left: [], uses };
  store.transaction(() => erase(store, call, 0));
  await tellErased(env.DB, shop, { store, idOf: (code) => code, call });
}

/** null: it is of no customer, or it is part of a stack, which is told as one. */
function eventOf({ atMs, body }: Entry, currency: string): { customer: string; event: CustomerEvent } | null {
  if (!isTold(body)) return null;
  const customer = body.kind === 'stack' ? (body.redemptions[0]?.customer ?? null) : body.redemption.customer;
  if (customer === null || (body.kind === 'redeemed' && body.redemption.parent !== null)) return null;
  const { id, name, properties } = wordsOf(body, currency);
  const times = { occurredAtMs: atMs, receivedAtMs: atMs };
  const about = { source: 'vouchers', trust: 'server' as const, traits: null, fact: null };
  return { customer, event: { key: `vouchers:${id}`, name, properties, ...times, ...about } };
}

type ToldBody = Extract<EntryBody, { kind: 'redeemed' | 'refused' | 'rolled_back' | 'stack' }>;

function isTold(body: EntryBody): body is ToldBody {
  return ['redeemed', 'refused', 'rolled_back', 'stack'].includes(body.kind);
}

function wordsOf(body: ToldBody, currency: string): { id: string; name: string; properties: JsonObject } {
  switch (body.kind) {
    case 'redeemed':
      return { id: body.redemption.id, name: 'Voucher Redeemed', properties: redemptionProperties(body, currency) };
    case 'refused': {
      const properties = { ...codeProperties(body.redemption, currency), ...useProperties(body.redemption) };
      return { id: body.redemption.id, name: 'Voucher Redemption Failed', properties };
    }
    case 'rolled_back':
      return { id: body.rollback.id, name: 'Voucher Rolled Back', properties: rolledBackProperties(body, currency) };
    case 'stack': {
      const redemptions = body.redemptions.map((one) => ({ ...codeProperties(one, currency), ...useProperties(one) }));
      const about = { redemption_id: body.parent, order_id: body.orderId, currency };
      return { id: body.parent, name: 'Voucher Redeemed', properties: { ...about, redemptions } };
    }
  }
}

function codeProperties({ voucher, code, campaign }: Redemption, currency: string): JsonObject {
  return { voucher_id: voucher, code, campaign_id: campaign, currency };
}
