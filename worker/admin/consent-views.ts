/** From stored consents to the admin API's shapes. */
import type { z } from '@hono/zod-openapi';
import { CHANNELS, type Channel, type Consents, canReceive } from '../domain/consent.ts';
import { type Json, objectsOf } from '../domain/json.ts';
import * as wire from '../wire/consents.ts';

export function consentView(consents: Consents, channel: Channel): z.infer<typeof wire.ChannelConsent> {
  const { consent = null, suppression = null } = consents[channel] ?? {};
  const reception = canReceive(consents, channel);
  return {
    channel,
    state: consent?.state ?? 'never_subscribed',
    atMs: consent?.atMs ?? null,
    source: consent?.source ?? null,
    trust: consent?.trust ?? null,
    proof: consent?.proof ?? {},
    suppression,
    canReceive: reception.allowed,
    refusal: reception.allowed ? null : reception.reason,
  };
}

export function consentViews(consents: Consents): z.infer<typeof wire.ChannelConsent>[] {
  return CHANNELS.map((channel) => consentView(consents, channel));
}

/** The changes that a journal row's `about` tells. */
export function consentSteps(told: Json | undefined): z.infer<typeof wire.ConsentStep>[] {
  return objectsOf({ told: told ?? null }, 'told').flatMap((one) => {
    const change = one.kind === 'state' ? one.state : one.kind;
    return wire.ConsentStep.safeParse({ ...one, change, reason: one.reason ?? null }).data ?? [];
  });
}
