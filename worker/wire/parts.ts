/** Pieces that several schemas share: links, origins, pages, cursors, limits. */
import { z } from '@hono/zod-openapi';

/** A link in the drawer: a path of the storefront or an http(s) address; nothing that could run script. */
export const hubLink = z
  .string()
  .max(2_000)
  .refine(isSafeLink, 'must be an http(s) address or a path that begins with one /')
  .nullable();

/** A link that puts a code into the cart, with `{code}` where it goes. */
export const codeLink = z
  .string()
  .max(2_000)
  .refine(isCodeLink, 'must be an https address (http on localhost) with {code} in it once')
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

/** The code may not choose the host: it goes into the path or the query. */
function isCodeLink(template: string): boolean {
  const link = template.replace('{code}', 'CODE');
  if (link === template || link.includes('{code}') || !URL.canParse(link)) return false;
  const { protocol, hostname, origin: of } = new URL(link);
  if (!template.toLowerCase().startsWith(`${of}/`)) return false;
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1'].includes(hostname));
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;
}
