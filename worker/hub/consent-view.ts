/** What a shopper sees of their consents: the channels that can reach them, and what stands for each. Pure. */
import { CHANNELS, type Channel, type Consents } from '../domain/consent.ts';
import { emailOf, phoneOf } from '../domain/identifier.ts';
import { type JsonObject, textOf } from '../domain/json.ts';
import type { HubConsent } from '../wire/hub.ts';

export function consentViews(traits: JsonObject, consents: Consents): HubConsent[] {
  return CHANNELS.filter((channel) => isReachable(channel, traits, consents)).map((channel) =>
    consentView(channel, consents),
  );
}

/** What only a browser said is no word of this shopper's. */
export function consentView(channel: Channel, consents: Consents): HubConsent {
  const { consent = null, suppression = null } = consents[channel] ?? {};
  const state = consent?.trust === 'server' ? consent.state : 'never_subscribed';
  return { channel, state, suppression: suppression?.reason ?? null };
}

/** An address is needed; of a device only its own consent tells. */
export function isReachable(channel: Channel, traits: JsonObject, consents: Consents): boolean {
  switch (channel) {
    case 'email':
      return emailOf(traits) !== null;
    case 'sms':
      return phoneOf(textOf(traits, 'phone')) !== null;
    case 'push':
      return consents.push?.consent?.trust === 'server';
  }
}
