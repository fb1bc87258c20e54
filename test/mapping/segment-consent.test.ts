import { describe, expect, test } from 'vitest';
import { consentOfEvent, consentOfTraits } from '../../worker/domain/consent-reading.ts';
import { canonicalName } from '../../worker/domain/event.ts';
import type { JsonObject } from '../../worker/domain/json.ts';
import { mapMessage } from '../../worker/mapping/segment.ts';

const NOW = Date.UTC(2026, 0, 15, 12);
const TELLING = { atMs: NOW, source: 'segment' };
const said = (channel: string, state: string, more: object = {}) => ({
  kind: 'state',
  channel,
  state,
  proof: {},
  ...TELLING,
  ...more,
  // whoever says no time of its own
  ...('atMs' in more ? {} : { undated: true }),
});

describe('traits', () => {
  test('say a consent as a state, as true or false, or with its time, source and proof', () => {
    const told = {
      state: 'unsubscribed',
      at: '2026-01-01T00:00:00Z',
      source: 'newsletter form',
      proof: { ip: '192.0.2.1', form: 'footer', other: 'x' },
    };
    expect(consentOfTraits({ consent: { email: 'subscribed', sms: told, push: false } }, TELLING)).toEqual({
      changes: [
        said('email', 'subscribed'),
        said('sms', 'unsubscribed', {
          atMs: Date.UTC(2026, 0, 1),
          source: 'newsletter form',
          proof: { ip: '192.0.2.1', form: 'footer' },
        }),
        said('push', 'unsubscribed'),
      ],
      unread: [],
    });
  });

  test.each<[JsonObject, string[]]>([
    [{ consent: 'yes' }, ['consent']],
    [{ consent: { fax: true } }, ['consent.fax']],
    [{ consent: { email: 'maybe' } }, ['consent.email']],
    [{ consent: { email: 1 } }, ['consent.email']],
    [{ consent: { email: { state: 'subscribed', at: 'yesterday' } } }, ['consent.email']],
    [{ consent: { email: { state: 'subscribed', at: 1e21 } } }, ['consent.email']],
    [{ consent: { email: { state: 'subscribed', at: -1 } } }, ['consent.email']],
    [{ consent: { email: { state: 'subscribed', at: 1.5 } } }, ['consent.email']],
  ])('%j grant nothing, and what was not understood is named', (traits, unread) => {
    expect(consentOfTraits(traits, TELLING)).toEqual({ changes: [], unread });
  });

  test('keep what is good beside what is not', () => {
    const { changes, unread } = consentOfTraits({ consent: { email: true, sms: 'maybe', push: null } }, TELLING);
    expect([changes, unread]).toEqual([[said('email', 'subscribed')], ['consent.sms']]);
  });

  test.each(['accepts_marketing', 'acceptsMarketing'])('may say %s, unless they say e-mail outright', (name) => {
    const proof = { method: 'accepts_marketing' };
    expect(consentOfTraits({ [name]: true }, TELLING).changes).toEqual([said('email', 'subscribed', { proof })]);
    expect(consentOfTraits({ [name]: false }, TELLING).changes).toEqual([said('email', 'unsubscribed', { proof })]);
    expect(consentOfTraits({ [name]: 'true' }, TELLING).changes).toEqual([]);
    const both = { [name]: true, consent: { email: false } };
    expect(consentOfTraits(both, TELLING).changes).toEqual([said('email', 'unsubscribed')]);
  });
});

describe('an event', () => {
  test.each([
    ['Unsubscribed', 'email', 'unsubscribed'],
    ['Email Unsubscribed', 'email', 'unsubscribed'],
    ['Unsubscribed from SMS', 'sms', 'unsubscribed'],
    ['Subscribed to SMS Marketing', 'sms', 'subscribed'],
    ['Email Bounced', 'email', 'bounced'],
    ['Bounced Email', 'email', 'bounced'],
    ['Email Marked as Spam', 'email', 'complained'],
    ['Email Marked As Spam', 'email', 'complained'],
    ['Marked Email as Spam', 'email', 'complained'],
    ['SMS Bounced', 'sms', 'bounced'],
  ])('%s says %s %s', (name, channel, what) => {
    const [change] = consentOfEvent(canonicalName(name), {}, TELLING);
    expect([
      change?.channel,
      change?.kind === 'state' ? change.state : change?.kind === 'suppressed' && change.reason,
    ]).toEqual([channel, what]);
  });

  test.each(['Unsubscribed from List', 'Opened Email', 'toString', 'bounced email'])('%s says nothing', (name) => {
    expect(consentOfEvent(name, {}, TELLING)).toEqual([]);
  });

  test('of a soft bounce suppresses nothing', () => {
    expect(consentOfEvent('Bounced Email', { 'Bounce Type': 'Soft' }, TELLING)).toEqual([]);
    expect(consentOfEvent('Bounced Email', { 'Bounce Type': 'Hard' }, TELLING)).toHaveLength(1);
  });
});

describe('a message', () => {
  const sender = { trust: 'server' as const, receivedAtMs: NOW, sentAt: null, ownsOrders: true, currency: 'EUR' };
  const mapped = (message: JsonObject) => {
    const found = mapMessage({ userId: 'u', messageId: 'm', ...message }, sender);
    if ('refused' in found) throw new Error(found.refused);
    return found;
  };

  test('that identifies brings its consent, and no second copy of it among the traits', () => {
    const { event, note } = mapped({ type: 'identify', traits: { consent: { email: true, fax: 1 }, city: 'Ghent' } });
    expect(event.consents).toEqual([said('email', 'subscribed')]);
    expect(event.traits).toEqual({ city: 'Ghent', userId: 'u' });
    expect(note).toBe('consent_not_read');
  });

  test('that tracks says no consent by traits of its context', () => {
    const context = { traits: { consent: { email: true }, accepts_marketing: true } };
    expect('consents' in mapped({ type: 'track', event: 'Viewed', context }).event).toBe(false);
  });

  test('that tracks an unsubscription brings it at the time it happened', () => {
    const { event } = mapped({ type: 'track', event: 'Unsubscribed', timestamp: '2026-01-01T00:00:00Z' });
    expect(event.consents).toEqual([
      said('email', 'unsubscribed', { atMs: Date.UTC(2026, 0, 1), proof: { method: 'Unsubscribed' } }),
    ]);
  });
});
