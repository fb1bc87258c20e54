/** `/openapi.json`, generated from the schemas the routes validate with, and `/docs`, the same document to read. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { type AppEnv, routes } from '../http/app.ts';
import { EVENT_CATALOGUE } from './event-catalogue.ts';
import { eventPaths } from './event-paths.ts';
import { renderEvents } from './events-page.ts';
import { renderPage } from './page.ts';

const INFO = {
  title: 'Regulars',
  version: '1',
  description:
    'Loyalty, vouchers and customer hub at the edge. Amounts are integers of ISO 4217 minor units, times are milliseconds ' +
    'since 1970. Lists page by cursor. Errors are problem documents (RFC 9457) whose `key` is one of a closed list.',
};

const PAGE_HEADERS = {
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
  'X-Content-Type-Options': 'nosniff',
};

export function docs(app: OpenAPIHono<AppEnv>): OpenAPIHono<AppEnv> {
  const group = routes();
  let document: object | null = null;
  const describe = (origin: string) =>
    app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: INFO,
      servers: [{ url: origin }],
      tags: TAGS,
    });
  register(app);
  const read = (address: string): object => {
    document ??= describe(new URL(address).origin);
    return document;
  };
  group.get('/openapi.json', (c) => c.json(read(c.req.url)));
  group.get('/docs', (c) => c.html(renderPage(read(c.req.url)), 200, PAGE_HEADERS));
  group.get('/docs/events', (c) => c.html(renderEvents(EVENT_CATALOGUE), 200, PAGE_HEADERS));
  group.get('/docs/events.json', (c) => c.json({ events: EVENT_CATALOGUE }));
  return group;
}

const TAGS = [
  {
    name: 'Events in',
    description: 'Where existing clients and shops send what happened',
  },
  { name: 'Hub', description: "The drawer's API" },
  {
    name: 'Voucher clients',
    description:
      "For Voucherify's clients, in its shapes: amounts in hundredths, times in ISO 8601, errors of its own kind",
  },
  { name: 'Customers' },
  { name: 'Privacy', description: 'What customers may ask for by law' },
  { name: 'Programme' },
  { name: 'Settings' },
  { name: 'Keys' },
  {
    name: 'Segments',
    description:
      'Who is in one is decided by its definition, at once and to the millisecond, as of the last thing that happened and as ' +
      'time goes by. Reading members needs the scope customers, definitions need settings.',
  },
  { name: 'Lists', description: 'Who is on one is said: by hand, by imports, by snapshots of segments, or by rules' },
  { name: 'Jobs', description: 'Long work: its progress and its report' },
  {
    name: 'Imports',
    description:
      'Customers, consents, lists and past events as CSV or NDJSON: `POST` an import, `PUT` its file in parts, `start` it, read its ' +
      'report. What is imported is a back-fill: it counts at its own time, nobody is told of it, and it earns nothing ' +
      'unless asked to.',
  },
  { name: 'Test clock', description: 'Time in shops made with mode test' },
  {
    name: 'Events',
    description:
      'The debugger: what arrived and what became of it; what events look like; rules about them. Reading needs the scope events, rules need settings.',
  },
  { name: 'Shops', description: "The operator's routes" },
];

function register(app: OpenAPIHono<AppEnv>): void {
  const { openAPIRegistry } = app;
  const http = (scheme: string, description: string) => ({
    type: 'http' as const,
    scheme,
    description,
  });
  openAPIRegistry.registerComponent('securitySchemes', 'operatorToken', http('bearer', 'The operator token'));
  openAPIRegistry.registerComponent('securitySchemes', 'secretKey', http('bearer', 'A secret key, sk_…'));
  openAPIRegistry.registerComponent(
    'securitySchemes',
    'writeKey',
    http('basic', 'A write key as the user, no password'),
  );
  openAPIRegistry.registerComponent(
    'securitySchemes',
    'hubSession',
    http('bearer', 'The token of POST /hub/v1/session'),
  );
  const header = (name: string, description: string) => ({
    type: 'apiKey' as const,
    in: 'header' as const,
    name,
    description,
  });
  openAPIRegistry.registerComponent('securitySchemes', 'appId', header('X-App-Id', "The shop's id, shp_…"));
  openAPIRegistry.registerComponent('securitySchemes', 'appToken', header('X-App-Token', 'A secret key of it, sk_…'));
  openAPIRegistry.registerComponent('securitySchemes', 'clientId', header('X-Client-Application-Id', "The shop's id"));
  openAPIRegistry.registerComponent(
    'securitySchemes',
    'clientToken',
    header('X-Client-Token', 'A publishable key, pk_…'),
  );
  for (const path of eventPaths) openAPIRegistry.registerPath(path);
}
