/** Pieces that several schemas share: links, origins, pages, cursors, limits. */
import { z } from '@hono/zod-openapi';

/** A link in the drawer: a path of the storefront or an http(s) address; nothing that could run script. */
export const hubLink = z
  .string()
  .max(2_000)
  .refine(isSafeLink, 'must be an http(s) address or a path that begins with one /')
  .nullable();

export const origin = z.string().refine(isOrigin, 'must be an origin such as https://shop.example, without a path');

/** Asks for a page: at most `most` items, after the cursor of the page before. */
export function pageQuery(most: number, usual: number) {
  return z.object({
    limit: z
      .string()
      .regex(/^[1-9]\d{0,3}$/, 'must be a whole number from 1')
      .transform(Number)
      .refine((limit) => limit <= most, `must be at most ${most}`)
      .default(usual),
    cursor: z.string().min(1).max(500).optional().describe('`nextCursor` of the page before'),
  });
}

export function page<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().describe('null: this is the last page'),
  });
}

function isSafeLink(link: string): boolean {
  if (/^\/(?![/\\])/.test(link)) return true;
  return URL.canParse(link) && ['http:', 'https:'].includes(new URL(link).protocol);
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;
}
