/** The closed lists of the event log: what may become of an event, and why. A reason never changes its meaning. */

export const EVENT_VERDICTS = ['recorded', 'renamed', 'warned', 'duplicate', 'refused', 'blocked', 'failed'] as const;
export type EventVerdict = (typeof EVENT_VERDICTS)[number];

/** reason -> a sentence for whoever sent the event. */
export const EVENT_REASONS = {
  // the request was refused before its events were read
  invalid_json: 'The body is not JSON.',
  invalid_request: 'The body is JSON, but not of the shape this endpoint takes.',
  payload_too_large: 'The body is larger than the endpoint takes.',
  missing_header: 'A header that this endpoint needs is missing.',
  invalid_signature: "The signature does not belong to these bytes, or the webhook is another shop's.",
  unauthorized: 'The key is of this shop but not in force: revoked, ended, or without the scope to send events.',
  secret_key_refused: 'A secret key (sk_) was used as a write key.',
  origin_not_allowed: "The page's origin is not on the shop's list.",
  rate_limited: 'More was sent than the limits allow; `count` says how many requests.',
  refused: 'The request was refused for a reason of its own; its answer says which.',
  internal: 'A bug on our side; the sender was told to send again.',
  unavailable: 'A part did not answer; the sender was told to send again.',
  // one event was refused by itself
  not_an_object: 'The message is not a JSON object.',
  too_large: 'The message is larger than 32 KB.',
  too_deep: 'The message nests deeper than 32 levels.',
  unknown_type: 'The message has no type, or none of track, identify, page, screen, group, alias.',
  message_id_too_long: '`messageId` has more than 100 characters.',
  message_id_not_text: '`messageId` holds control characters or broken ones.',
  no_event_name: 'A track call without an event name, or one of more than 255 characters.',
  no_user_anon_id: 'Nothing says who it is about: no userId, no anonymousId, no e-mail from a trusted sender.',
  id_too_long: 'An identifier has more than 255 characters.',
  id_not_text: 'An identifier holds control characters or broken ones.',
  number_too_large: 'A number in the message is larger than any number can be kept.',
  event_name_not_text: 'The event name holds control characters or broken ones.',
  topic_not_read: 'This webhook topic is not read.',
  names_nobody: 'The payload names no customer and no order.',
  erased:
    'It occurred before its customer was erased, or tells of an order of theirs: it was dropped, and nothing of it is kept.',
  unknown_customer: 'The webhook is about a customer who was never heard of.',
  connected_since: 'The app was uninstalled before the shop was connected again.',
  merge_not_completed: 'The shop has not completed this merge; only a completed one moves anything.',
  // it was stored, but an order event did not touch the orders
  untrusted_source: 'An order event from a browser: shown in the timeline, earns nothing.',
  orders_owned_by_shopify: "Shopify is connected, so its orders count; Segment's only show in the timeline.",
  no_order_id: 'An order event without an order id: shown in the timeline only.',
  no_amount: 'An order event whose amounts could not be read: shown in the timeline only.',
  consent_not_read: 'A part of what it says of consent could not be read; the rest of it counts.',
  // a rule of the shop decided
  schema_mismatch: 'It differs from the schema that the shop fixed; `differences` says where.',
  blocked_by_rule: 'The shop blocks events of this name.',
  renamed_by_rule: 'The shop gives events of this name another one.',
} as const satisfies Record<string, string>;
export type EventReason = keyof typeof EVENT_REASONS;

export function isEventReason(text: string): text is EventReason {
  return Object.hasOwn(EVENT_REASONS, text);
}
