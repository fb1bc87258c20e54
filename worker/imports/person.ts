/** Whom a line names, said as Segment's clients say it, so that an import and the events beside it find the same customer. */
import type { JsonObject } from '../domain/json.ts';
import { IDENTIFYING } from './columns.ts';
import type { LineReader } from './line-reader.ts';

/** The identifying part of a message: `userId`, `anonymousId`, and the rest in `context`. */
export function personOf(reader: LineReader): JsonObject {
  const [email, phone] = [reader.email(), reader.phone()];
  const [userId, anonymousId, shopifyId] = [reader.id('user_id'), reader.id('anonymous_id'), reader.id('shopify_id')];
  const external = [...reader.fields.keys()].filter((name) => name.startsWith('external:'));
  const externalIds = external.flatMap((name) => oneExternal(name.slice('external:'.length), reader.id(name)));
  if (shopifyId !== null) externalIds.push(...oneExternal('shopify_customer_id', shopifyId));
  const named = [email, phone, userId, anonymousId].some((one) => one !== null) || externalIds.length > 0;
  if (!named) reader.refuse('line', `names nobody: give one of ${IDENTIFYING.join(', ')} or external:…`);
  return {
    ...said({ userId, anonymousId }),
    context: { traits: said({ email, phone }), externalIds },
  };
}

function oneExternal(type: string, id: string | null): JsonObject[] {
  return id === null ? [] : [{ type, id, collection: 'users', encoding: 'none' }];
}

export function said(values: Record<string, string | null>): JsonObject {
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}
