/** How a path names a customer: by our id, or by `kind:value`. */
import { z } from '@hono/zod-openapi';
import { directoryOf, rememberedUser } from '../directory/cache.ts';
import { IDENTIFIER_KINDS, type Identifier } from '../domain/event.ts';
import { phoneOf } from '../domain/identifier.ts';
import type { Env } from '../env.ts';
import { ProblemError } from '../wire/problem.ts';

export const refParam = z.object({
  ref: z
    .string()
    .min(1)
    .max(300)
    .describe('An id, or `user:…`, `email:…`, `phone:…`, `shopify:…`, `external:type:…`, `anonymous:…`, `order:…`'),
});

/** The customer's id now (a moved one answers its survivor's); 404 where the Directory knows nobody by that name. */
export async function findCustomer(env: Env, shop: string, ref: string): Promise<string> {
  const directory = directoryOf(env, shop);
  const identifier = identifierOf(ref);
  const found = identifier === null ? await directory.current(ref) : await directory.find([identifier]);
  if (found === null) throw new ProblemError('not_found');
  return found;
}

/** Whom `user:…` named when this isolate last looked; null: it does not know. See `rememberedUser` for what that is worth. */
export function rememberedCustomer(shop: string, ref: string): string | null {
  const identifier = identifierOf(ref);
  return identifier?.kind === 'user' ? rememberedUser(shop, identifier.value) : null;
}

function identifierOf(ref: string): Identifier | null {
  const at = ref.indexOf(':');
  const kind = IDENTIFIER_KINDS.find((one) => one === ref.slice(0, at));
  if (at < 0 || kind === undefined) return null;
  const value = ref.slice(at + 1);
  if (kind === 'phone') return { kind, value: phoneOf(value) ?? value };
  return { kind, value: kind === 'email' ? value.trim().toLowerCase() : value };
}
