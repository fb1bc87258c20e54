/** People put on a list or taken off by hand, many at once, each by an id or a name. */
import { createRoute, type z } from '@hono/zod-openapi';
import { isPlain } from '../domain/identifier.ts';
import { body, json } from '../http/answers.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { once, seedOf } from '../http/once.ts';
import { requireScope } from '../http/scope.ts';
import { LineReader, type Now } from '../imports/line-reader.ts';
import { changeMembers, type Person } from '../routing/change-members.ts';
import { shopOf } from '../shops/cache.ts';
import { sha256Hex } from '../shops/crypto.ts';
import { receiptOf } from '../shops/shop-time.ts';
import * as wire from '../wire/lists.ts';
import { type FieldError, ProblemError } from '../wire/problem.ts';
import { GroupParam } from '../wire/segments.ts';
import { bearer, idempotent, writeRefusals } from './docs.ts';
import { given } from './given.ts';

export const listMembers = routes();
/** Where a body may be larger than elsewhere in the admin API. */
export const LIST_MEMBERS = '/admin/v1/lists/:id/members';
export const LARGEST_MEMBERS = 512 * 1024;

const change = createRoute({
  method: 'post',
  path: '/admin/v1/lists/{id}/members',
  tags: ['Lists'],
  summary: 'Put people on a list, or take them off',
  description:
    `At most ${wire.MOST_AT_ONCE} at once, each by exactly one name. Who is added by a user id, an e-mail or a phone number ` +
    'that nobody has is a new customer; nobody is made by an id of ours, or to be taken off. It shows on the timeline as ' +
    '`Subscribed to List` or `Unsubscribed from List`.',
  security: bearer,
  request: { params: GroupParam, headers: idempotent, body: body(wire.ListMembersChange) },
  responses: { 200: json(wire.ListMembersChanged, 'What became of each'), ...writeRefusals },
});
listMembers.openapi(change, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const { id } = c.req.valid('param');
  const wanted = c.req.valid('json');
  return raw(await once(c, shop.id, () => changed(c, shop.id, id, wanted)));
});

type Wanted = z.infer<typeof wire.ListMembersChange>;

async function changed(c: AppContext, shop: string, id: string, { change, members }: Wanted): Promise<Response> {
  const object = shopOf(c.env, shop);
  // the newest: the list may have been made just now
  const [snapshot, { lists }] = await Promise.all([object.snapshot(), object.segmentBook()]);
  const list = lists.find((one) => one.id === id);
  if (snapshot === null || list === undefined) throw new ProblemError('not_found');
  const { receivedAtMs: nowMs } = await receiptOf(c.env, snapshot);
  const named = namedIn(members, { nowMs, timeZone: snapshot.settings.timeZone });
  const people = named.map(({ person }) => person);
  const told = await changeMembers(c.env, snapshot, { list, change, people, nowMs, key: await keyOf(c) });
  c.set('rowsWritten', told.rowsWritten);
  const items = told.changed.map((one, at) => ({ ref: named[at]?.ref ?? '', ...one }));
  return raw(c.json({ items } satisfies z.infer<typeof wire.ListMembersChanged>, 200));
}

async function keyOf(c: AppContext): Promise<string> {
  const seed = seedOf(c);
  return `list:${seed === null ? crypto.randomUUID() : await sha256Hex(seed)}`;
}

interface Named {
  ref: string;
  person: Person;
}

/** Everybody who is named; `invalid_request` with each name that can be nobody's. */
function namedIn(members: wire.MemberRef[], now: Now): Named[] {
  const errors: FieldError[] = [];
  const named = members.flatMap((member, at): Named[] => {
    const reader = new LineReader(new Map(Object.entries(given(member))), now);
    const one = namedBy(member, reader);
    const sinceMs = member.sinceMs === undefined ? null : reader.instantIn('sinceMs', member.sinceMs);
    if (reader.flaw === null) return [{ ...one, person: { ...one.person, sinceMs } }];
    errors.push({ ...reader.flaw, field: `members.${at}.${reader.flaw.field}` });
    return [];
  });
  if (errors.length > 0) throw new ProblemError('invalid_request', { errors: errors.slice(0, 100) });
  return named;
}

const KINDS = { userId: 'user', email: 'email', phone: 'phone' } as const;

function namedBy({ customer, userId, email }: wire.MemberRef, reader: LineReader): Named {
  if (customer !== undefined) {
    // what can be no id is nobody's
    const id = isPlain(customer) ? customer : '';
    return { ref: customer, person: { named: { customer: id }, sinceMs: null } };
  }
  const field = userId !== undefined ? 'userId' : email !== undefined ? 'email' : 'phone';
  const read = { userId: () => reader.id('userId'), email: () => reader.email(), phone: () => reader.phone() };
  const value = read[field]() ?? reader.refuse(field, 'must not be blank') ?? '';
  return { ref: `${KINDS[field]}:${value}`, person: { named: { kind: KINDS[field], value }, sinceMs: null } };
}
