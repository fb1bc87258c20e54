/** All points of a shop as files, so that a merchant can check them, or take them elsewhere. */
import { createRoute, z } from '@hono/zod-openapi';
import { directoryOf } from '../directory/cache.ts';
import { instantOf } from '../domain/zoned.ts';
import type { Env } from '../env.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { requireScope } from '../http/scope.ts';
import { endOf, holders, ledger, type Stretch } from '../jobs/ledger-pages.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { LedgerQuery, OpeningsQuery, StretchQuery } from '../wire/points-exports.ts';
import { ProblemError } from '../wire/problem.ts';
import { bearer, refusals } from './docs.ts';
import * as rows from './points-rows.ts';
import { type FileFormat, type FileRow, fileHeaders, rowFile } from './row-file.ts';

export const pointsExports = routes();

const OPENINGS_A_PAGE = 1_000;
const LATEST_MS = 8_640_000_000_000_000;
const file = z.string().openapi({ format: 'binary' });

interface Asked {
  after?: string | undefined;
  limit?: number | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

interface Export {
  name: string;
  summary: string;
  says: string;
  query: typeof StretchQuery | typeof LedgerQuery | typeof OpeningsQuery;
  columns: readonly string[];
  pages: (env: Env, shop: ShopSnapshot, asked: Asked & Stretch) => AsyncGenerator<FileRow[]>;
}

const HOW =
  'CSV is RFC 4180 in UTF-8; a text that a spreadsheet would take for a formula gets an apostrophe before it. NDJSON has ' +
  'every text as it is, and null for what is not known. ';
const PAGED =
  'Customers come by id, each with all of their rows. A file that breaks off is taken up again with `after`, from the ' +
  'last customer that came whole. Asking is bounded by what one request may do on the platform: about one call for 500 ' +
  'customers or 1,000 rows, and one for each customer where the shop keeps each in an object of their own; 1,000 calls on ' +
  'a free plan of Cloudflare, 10,000 on a paid one. Beyond that, ask with `limit` and go on with `X-Next-After`.';

const EXPORTS: Export[] = [
  {
    name: 'balances',
    summary: 'Every balance as a file',
    says:
      `${HOW}As of when each customer came by, from the customers themselves; points that run out count no longer. \`owed\` ` +
      `is what was taken back after it was spent: the balance is then below zero. ${PAGED}`,
    query: StretchQuery,
    columns: rows.BALANCE_COLUMNS,
    pages: (env, shop, stretch) => mapped(holders(env, shop, stretch), rows.balanceRows),
  },
  {
    name: 'lots',
    summary: 'All points with the day they run out, as a file that an import of points reads',
    says:
      `${HOW}One row for each open lot; points that are earned and wait, with \`available_at\`; and what is owed, below zero ` +
      '(import it with `allowDebt`). The names are the first of each kind. `customer` is our id: an import leaves it out, ' +
      `for in another shop it is nobody. ${PAGED}`,
    query: StretchQuery,
    columns: rows.LOT_COLUMNS,
    pages: (env, shop, stretch) => mapped(holders(env, shop, stretch), rows.lotRows),
  },
  {
    name: 'journal',
    summary: 'Every entry of the points journal as a file',
    says:
      `${HOW}Each entry once, where it was first written, with its \`id\`; \`customer_now\` is who that customer turned out ` +
      'to be. The sum of the points of a `customer_now` is the balance. `note` is for the merchant alone. The file may be ' +
      `asked for in stretches of time. ${PAGED}`,
    query: LedgerQuery,
    columns: rows.LEDGER_COLUMNS,
    pages: (env, shop, asked) => {
      const span = {
        fromMs: instantIn(shop, 'from', asked.from) ?? 0,
        toMs: instantIn(shop, 'to', asked.to) ?? LATEST_MS,
      };
      return mapped(ledger(env, shop, { ...asked, span }), rows.ledgerRows);
    },
  },
  {
    name: 'opening-balances',
    summary: 'All points that wait for people whom nobody has seen, as a file',
    says: HOW,
    query: OpeningsQuery,
    columns: rows.OPENING_COLUMNS,
    pages: (env, shop) => mapped(openings(env, shop), rows.openingRows),
  },
];

for (const one of EXPORTS) for (const format of ['csv', 'ndjson'] as const) offer(one, format);

function offer({ name, summary, says, query, columns, pages }: Export, format: FileFormat): void {
  const type = format === 'csv' ? 'text/csv' : 'application/x-ndjson';
  const route = createRoute({
    tags: ['Points'],
    security: bearer,
    method: 'get',
    path: `/admin/v1/exports/${name}.${format}`,
    summary: `${summary}, ${format === 'csv' ? 'CSV' : 'NDJSON'}`,
    description: `Columns: ${columns.map((column) => `\`${column}\``).join(', ')}. ${says}`,
    request: { query },
    responses: { 200: { description: 'The file', content: { [type]: { schema: file } } }, ...refusals },
  });
  pointsExports.openapi(route, async (c) => {
    const { shop } = await requireScope(c, 'customers');
    const asked: Asked = c.req.valid('query');
    const { after = '', limit } = asked;
    const upTo = limit === undefined ? null : await endOf(c.env, shop.id, after, limit);
    const stream = await rowFile(columns, pages(c.env, shop, { ...asked, after, upTo }), format);
    return raw(fileAnswer(c, stream, { name, format, upTo }));
  });
}

interface Told {
  name: string;
  format: FileFormat;
  upTo: string | null;
}

function fileAnswer(c: AppContext, stream: ReadableStream<Uint8Array>, { name, format, upTo }: Told): Response {
  const next: Record<string, string> = upTo === null ? {} : { 'X-Next-After': upTo };
  return c.body(stream, 200, { ...fileHeaders(name, format), ...next });
}

async function* mapped<T>(pages: AsyncGenerator<T[]>, rowsOf: (page: T[]) => FileRow[]): AsyncGenerator<FileRow[]> {
  for await (const page of pages) yield rowsOf(page);
}

async function* openings(env: Env, shop: ShopSnapshot) {
  for (let after = 0; ; ) {
    const page = await directoryOf(env, shop.id).openings(after, OPENINGS_A_PAGE);
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < OPENINGS_A_PAGE) return;
    after = last.n;
  }
}

function instantIn({ settings }: ShopSnapshot, field: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const atMs = /^\d{1,15}$/.test(text) ? Number(text) : instantOf(text, settings.timeZone);
  if (atMs !== null) return atMs;
  const rule = 'must be an ISO 8601 time or milliseconds since 1970';
  throw new ProblemError('invalid_request', { errors: [{ field, rule }] });
}
