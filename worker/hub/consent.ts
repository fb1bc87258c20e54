/** A signed-in shopper's word on one channel. What stands already is not written again. */
import { type Channel, LONGEST_PROOF, type Proof } from '../domain/consent.ts';
import type { AppContext } from '../http/app.ts';
import { changeConsents } from '../routing/change-consents.ts';
import { TokenBuckets } from '../time/rate.ts';
import type { HubConsent, HubConsentWrite } from '../wire/hub.ts';
import { ProblemError } from '../wire/problem.ts';
import type { Access } from './access.ts';
import { consentView, isReachable } from './consent-view.ts';
import { NOTHING, requireStanding } from './customer.ts';

/** Changes that one shopper may make; a burst of twice as many. */
const CHANGES_PER_SECOND = 2;
const shoppers = new TokenBuckets(20_000);

export interface Saying extends Omit<HubConsentWrite, 'pageUrl'> {
  channel: Channel;
  pageUrl: string | null;
  /** The request's Idempotency-Key. */
  key: string | null;
}

export async function changeConsent(c: AppContext, access: Access, saying: Saying): Promise<HubConsent> {
  const { shop, customer: of, proof } = access;
  const { channel, state, key } = saying;
  const { customer, standing } = await requireStanding(c.env, { shop, customer: of }, NOTHING);
  const now = consentView(channel, standing.consents);
  if (now.state === state) return now;
  if (state === 'subscribed') requireReachable(isReachable(channel, standing.traits, standing.consents), now);
  const wait = shoppers.take(`${shop.id} ${customer}`, { perSecond: CHANGES_PER_SECOND }, Date.now());
  if (wait > 0) throw new ProblemError('rate_limited', { headers: { 'Retry-After': `${wait}` } });
  const changed = await changeConsents(c.env, shop, {
    customer,
    key: `hub:consent:${channel}:${state}:${key ?? crypto.randomUUID()}`,
    source: 'hub',
    changes: [{ kind: 'state', channel, state, atMs: null, source: 'hub', proof: proofOf(proof, saying.pageUrl) }],
  });
  c.set('rowsWritten', changed.rowsWritten);
  return consentView(channel, changed.consents);
}

/** Unsubscribing always goes; whoever subscribes should then hear from the shop. */
function requireReachable(reachable: boolean, { suppression }: HubConsent): void {
  if (!reachable) throw new ProblemError('conflict', { detail: 'There is no address for this channel.' });
  if (suppression !== null) throw new ProblemError('conflict', { detail: 'This channel is suppressed.' });
}

/** A query may hold a token. */
function proofOf(method: string, pageUrl: string | null): Proof {
  if (pageUrl === null) return { method };
  const { origin, pathname } = new URL(pageUrl);
  return { method, url: `${origin}${pathname}`.slice(0, LONGEST_PROOF) };
}
