/** A custom event on its way in: held against the shop's event rules, stored with its customer, and noted in the event log. */

import type { Note } from '../debugger/note.ts';
import { noteArrival } from '../debugger/notes.ts';
import { type CustomerEvent, canonicalName, type Trust } from '../domain/event.ts';
import { namedBy, type Ruling, rulingOn } from '../domain/event-rules.ts';
import type { JsonObject } from '../domain/json.ts';
import { customEvent } from '../mapping/voucher-event.ts';
import type { World } from '../publishing/world.ts';
import { deliver, eventVerdict } from '../routing/deliver.ts';
import { eventRulesOf } from '../shops/settings.ts';
import { receiptOf } from '../shops/shop-time.ts';
import { EVENT_REASONS, type EventReason } from '../wire/event-reasons.ts';
import { VoucherError } from './errors.ts';

export interface Tracking {
  name: string;
  metadata: JsonObject;
  customer: string;
  trust: Trust;
  /** The address of a browser. */
  visitor: string | null;
  /** Names the telling, in at most 100 characters. */
  key: string;
}

/** Stored when it returns. Throws what these clients are told where it is none, or the shop's rules refuse it. */
export async function track(world: World, tracking: Tracking): Promise<void> {
  const { env, shop } = world;
  const { customer, trust, visitor, key: messageId } = tracking;
  const rules = eventRulesOf(shop);
  const { name, rule } = namedBy(rules, 'vouchers', tracking.name);
  const receipt = await receiptOf(env, shop);
  const sender = { trust, currency: shop.settings.currency, ...receipt, ...(visitor === null ? {} : { visitor }) };
  const mapped = customEvent({ ...tracking, name, messageId }, sender);
  if ('refused' in mapped) {
    note(world, tracking, { verdict: 'refused', reason: mapped.refused });
    throw new VoucherError('invalid_payload', EVENT_REASONS[mapped.refused]);
  }
  const event = { ...mapped.event, name: canonicalName(name) };
  const ruling = rulingOn(rule, event.properties, event.fact !== null);
  if (ruling.kind === 'drop') {
    const verdict = ruling.reason === 'blocked_by_rule' ? 'blocked' : 'refused';
    note(world, tracking, { verdict, reason: ruling.reason, event, ruling });
    throw refusedBy(ruling);
  }
  const { answers, customers } = await deliver(env, shop, [{ customer, event }]);
  const stored = eventVerdict(answers[0]);
  // nobody is called so any more: whoever asked was found a moment ago
  if (stored === 'erased') return note(world, { ...tracking, metadata: {} }, { verdict: 'refused', reason: 'erased' });
  const verdict = stored === 'recorded' ? verdictOf(ruling, name !== tracking.name) : stored;
  const reason = stored === 'failed' ? ('internal' as const) : mapped.note;
  note(world, tracking, { verdict, reason, event, ruling, customer: customers[0] ?? null });
}

function verdictOf({ differences }: Ruling, isRenamed: boolean): Note['verdict'] {
  if (differences.length > 0) return 'warned';
  return isRenamed ? 'renamed' : 'recorded';
}

function refusedBy({ reason, differences }: Extract<Ruling, { kind: 'drop' }>): VoucherError {
  if (reason === 'blocked_by_rule') return new VoucherError('not_found', 'The shop takes no events of this name.');
  const told = differences.map(({ path, rule }) => `${path}: ${rule}`);
  return new VoucherError('metadata_validation_failed', told.join('; '));
}

interface Outcome {
  verdict: Note['verdict'];
  reason: EventReason | null;
  event?: CustomerEvent;
  ruling?: Ruling;
  customer?: string | null;
}

/** After the answer, best effort. */
function note({ env, shop, later }: World, tracking: Tracking, outcome: Outcome): void {
  const { name, metadata, trust, key, customer: of } = tracking;
  const { verdict, reason, event, ruling, customer = null } = outcome;
  const isStored = verdict !== 'refused' && verdict !== 'blocked' && verdict !== 'failed';
  const told: Note = {
    ...{ atMs: Date.now(), source: 'vouchers', trust, type: 'event', count: 1 },
    ...{ name: event?.name ?? name, sentName: name, messageId: key },
    ...{ verdict, reason, differences: ruling?.differences ?? [], customer },
    raw: { event: name, customer: { id: of }, metadata },
    event: isStored ? (event ?? null) : null,
    lesson: isStored && verdict !== 'duplicate' ? { name: event?.name ?? name, content: metadata } : null,
  };
  const bytes = JSON.stringify(metadata).length;
  later(noteArrival(env, shop.id, { events: 1, bytes, notes: () => [told] }));
}
