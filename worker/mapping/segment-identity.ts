/**
 * Whom a Segment message names. A browser's word names an anonymous visitor and a user id; e-mail, phone and external ids
 * count only from a trusted sender, and an e-mail only where that sender does not say that nobody verified it.
 */
import type { Identifier, IdentifierKind, Trust } from '../domain/event.ts';
import { emailOf, isPlain, LONGEST_ID, NOBODY, phoneOf } from '../domain/identifier.ts';
import { idOf, type JsonObject, objectOf, objectsOf, textOf } from '../domain/json.ts';
import type { EventReason } from '../wire/event-reasons.ts';

/** Segment keeps as many external ids of a message; what comes after them is no name. */
const MOST_EXTERNAL = 20;

/** Types of `context.externalIds` that mean a kind of our own; every other type is kept with its name. */
const KINDS: Readonly<Record<string, IdentifierKind>> = {
  user_id: 'user',
  email: 'email',
  phone: 'phone',
  anonymous_id: 'anonymous',
  shopify_customer_id: 'shopify',
};

export interface Named {
  identifiers: Identifier[];
  /** A user id that an alias of a trusted sender says was the same person's. */
  formerly: string | null;
}

/** The names in a message, each once; a reason where one cannot be a name, or where there is none. */
export function namedBy(message: JsonObject, traits: JsonObject, trust: Trust): Named | { refused: EventReason } {
  const userId = namingId(message, 'userId');
  const previous = message.type === 'alias' ? namingId(message, 'previousId') : null;
  // Segment's own browser client sends the user's present id for the one before
  const before = previous === userId ? null : previous;
  const found: [IdentifierKind, string | null][] = [
    ['user', userId],
    ...(trust === 'server' ? trusted(message, traits) : []),
    ['anonymous', namingId(message, 'anonymousId')],
    ['anonymous', before],
  ];
  const identifiers = found.flatMap(([kind, value]) => (value === null ? [] : [{ kind, value }]));
  if (identifiers.some(({ value }) => value.length > LONGEST_ID)) return { refused: 'id_too_long' };
  if (identifiers.length === 0) return { refused: 'no_user_anon_id' };
  if (!identifiers.every(({ value }) => isPlain(value))) return { refused: 'id_not_text' };
  return { identifiers: once(identifiers), formerly: trust === 'server' ? before : null };
}

/** An id of the message, as text without the spaces around it; null for what means nobody, or shows nothing. */
export function namingId(message: JsonObject, key: string): string | null {
  const id = idOf(message, key)?.trim() ?? null;
  return id === null || NOBODY.test(id.replace(/\p{Cf}/gu, '')) ? null : id;
}

function trusted(message: JsonObject, traits: JsonObject): [IdentifierKind, string | null][] {
  const unverified = [traits.emailVerified, traits.email_verified, traits.verified_email].includes(false);
  return [
    ['email', unverified ? null : emailOf(traits)],
    ['phone', phoneOf(textOf(traits, 'phone'))],
    ...externalIds(message),
  ];
}

/** Contracts: Segment Unify, `context.externalIds: [{ id, type, collection: "users", encoding: "none" }]`; RudderStack's `externalId`. */
function externalIds(message: JsonObject): [IdentifierKind, string | null][] {
  const context = objectOf(message, 'context');
  const told = [...objectsOf(context, 'externalIds'), ...objectsOf(context, 'externalId')].slice(0, MOST_EXTERNAL);
  return told.map((one) => {
    const [type, id] = [textOf(one, 'type')?.trim() ?? null, namingId(one, 'id')];
    const isOurs = (one.collection ?? 'users') === 'users' && (one.encoding ?? 'none') === 'none';
    if (type === null || id === null || !isOurs) return ['external', null];
    const kind = Object.hasOwn(KINDS, type) ? (KINDS[type] ?? 'external') : 'external';
    return [kind, kind === 'external' ? `${type}:${id}` : formOf(kind, id)];
  });
}

function formOf(kind: IdentifierKind, id: string): string | null {
  if (kind === 'email') return emailOf({ email: id });
  return kind === 'phone' ? phoneOf(id) : id;
}

function once(identifiers: Identifier[]): Identifier[] {
  return [...new Map(identifiers.map((one) => [`${one.kind}:${one.value}`, one])).values()];
}
