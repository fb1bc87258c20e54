/** Who takes part: whom the programme takes in, who joins and leaves, who is kept out, and what each of them earns. */
import { describe, expect, test } from 'vitest';
import type { CustomerEvent } from '../../../worker/domain/event.ts';
import { participationOf } from '../../../worker/domain/members/participation.ts';
import type { MemberProgramme } from '../../../worker/domain/members/programme.ts';
import { joinMemberships, type MemberState, type Membership } from '../../../worker/domain/members/state.ts';
import type { Programme } from '../../../worker/domain/programme.ts';
import { earning, eventRule, signUp } from '../earning/given-rules.ts';
import { DAY, event, NOW, paid, refund, refunded, snapshot, terms } from '../given.ts';
import { pointsOf, Till } from '../till.ts';

let told = 0;

function happens(till: Till, name: string, changes: Partial<CustomerEvent> = {}, known = true) {
  told += 1;
  return till.record(event(`m${told}`, { name, ...changes }), NOW, known);
}

function members(changes: Partial<MemberProgramme> = {}): Partial<Programme> {
  const exclude = { tags: [], segments: [] };
  return { members: { enrolment: 'automatic', guestsEarn: false, exclude, ...changes } };
}

function put(till: Till, state: MemberState, by: 'api' | 'hub' = 'api', reason: string | null = null) {
  told += 1;
  return till.operate({ op: 'membership', key: `op:${told}`, fingerprint: `${told}`, state, reason, by });
}

function stateOf(till: Till): MemberState {
  if (till.head === null) throw new Error('nobody');
  return participationOf(till.head, till.terms.programme, (segment) => till.segments.has(segment));
}

/** What the journal says of coming and going. */
function changesOf(till: Till) {
  return till.journal.flatMap(({ kind, name }) => (kind === 'member.changed' ? [name] : []));
}

describe('whom the programme takes in', () => {
  test('is everybody where nothing is said of members, and no row tells of it', () => {
    const till = new Till(terms());
    happens(till, 'Seen', {}, false);
    expect([stateOf(till), changesOf(till), till.head?.loyalty]).toEqual(['member', [], {}]);
  });

  test.each([
    ['automatic', {}, false, 'candidate'],
    ['automatic', {}, true, 'member'],
    ['account', {}, true, 'candidate'],
    ['account', { userId: 'u1' }, true, 'member'],
    ['account', { accountState: 'enabled' }, true, 'member'],
    ['account', { accountState: 'disabled' }, true, 'candidate'],
    ['join', { userId: 'u1' }, true, 'candidate'],
  ] as const)('with enrolment %s, traits %j, known %s: %s', (enrolment, traits, known, state) => {
    const till = new Till(terms(members({ enrolment })));
    happens(till, 'Identified', { traits }, known);
    expect(stateOf(till)).toBe(state);
  });

  test('is told once, when the shop first can name somebody', () => {
    const till = new Till(terms(members()));
    happens(till, 'Seen', {}, false);
    happens(till, 'Identified', { traits: { email: 'a@b.example' } });
    happens(till, 'Seen');
    expect(till.journal.map(({ kind, name }) => [kind, name])).toEqual([
      ['event', 'Seen'],
      ['event', 'Identified'],
      ['member.changed', 'Joined Programme'],
      ['event', 'Seen'],
    ]);
    expect(till.journal[2]?.about.properties).toEqual({ state: 'member', reason: null, by: 'enrolment' });
  });

  test('of whom the shop knew before it counted members, without a word', () => {
    const till = new Till(terms());
    happens(till, 'Seen');
    till.terms = terms(members(), { programmeVersion: 2 });
    happens(till, 'Seen');
    expect([stateOf(till), changesOf(till)]).toEqual(['member', []]);
  });
});

describe('joining', () => {
  test('by a trusted event makes a member; a browser’s word does not', () => {
    const till = new Till(terms(members({ enrolment: 'join' })));
    happens(till, 'Joined Programme', { trust: 'browser' });
    expect(stateOf(till)).toBe('candidate');
    happens(till, 'Joined Programme');
    expect([stateOf(till), changesOf(till)]).toEqual(['member', []]);
    happens(till, 'Left Programme');
    expect(stateOf(till)).toBe('candidate');
  });

  test('earns the sign-up, once, by whichever way', () => {
    const till = new Till(terms({ ...members({ enrolment: 'join' }), earning: earning({ rules: [signUp()] }) }));
    happens(till, 'Signed Up');
    expect(till.balance).toBe(0);
    const { changes } = put(till, 'member', 'hub');
    expect(changes.rows).toMatchObject([
      { kind: 'member.changed', name: 'Joined Programme', entries: [{ points: 10, rule: { id: 'sign_up' } }] },
    ]);
    put(till, 'candidate', 'hub');
    put(till, 'member', 'hub');
    happens(till, 'Joined Programme');
    expect([till.balance, changesOf(till)]).toEqual([10, ['Joined Programme', 'Left Programme', 'Joined Programme']]);
  });

  test('again by who is a member already says nothing new, and keeps since when', () => {
    const till = new Till(terms(members({ enrolment: 'join' })));
    put(till, 'member');
    const since = till.head?.loyalty.member?.sinceMs;
    told += 1;
    till.operate(
      { op: 'membership', key: `op:${told}`, fingerprint: 'x', state: 'member', reason: null, by: 'api' },
      NOW + DAY,
    );
    expect([till.journal.at(-1)?.name, till.head?.loyalty.member?.sinceMs]).toEqual([null, since]);
  });
});

describe('who is no member', () => {
  test('earns nothing by orders and events, and an order paid then earns nothing later', () => {
    const rules = [eventRule('visit', 'Visited')];
    const till = new Till(terms({ ...members({ enrolment: 'join' }), earning: earning({ rules }) }));
    happens(till, 'Visited');
    till.tell(paid(snapshot(5000)));
    put(till, 'member');
    till.tell(paid(snapshot(6000, { updatedAtMs: NOW })));
    expect([till.balance, till.order()?.withheld]).toEqual([0, 'not_member']);
    expect(happens(till, 'Visited')).toHaveLength(1);
  });

  test('earns a balance that waits for them where guests earn', () => {
    const till = new Till(terms(members({ enrolment: 'join', guestsEarn: true })));
    till.tell(paid(snapshot(5000)));
    expect([stateOf(till), till.balance]).toEqual(['candidate', 50]);
  });
});

describe('who is kept out', () => {
  test('by hand earns nothing, whatever the programme or an event says, until taken back', () => {
    const till = new Till(terms(members()));
    happens(till, 'Seen');
    put(till, 'disabled', 'api', 'staff');
    happens(till, 'Joined Programme');
    till.tell(paid(snapshot(5000)));
    expect([stateOf(till), till.balance, till.head?.loyalty.member]).toEqual([
      'disabled',
      0,
      { state: 'disabled', sinceMs: NOW, by: 'api', reason: 'staff' },
    ]);
    put(till, 'member');
    till.tell(paid(snapshot(5000, { orderId: 'o2' })));
    expect([till.balance, changesOf(till)]).toEqual([50, ['Joined Programme', 'Left Programme', 'Joined Programme']]);
  });

  test('by hand is kept out of a shop that says nothing of members, too', () => {
    const till = new Till(terms());
    put(till, 'disabled');
    till.tell(paid(snapshot(5000)));
    expect(till.balance).toBe(0);
  });

  test('R12: loses by refunds what was earned before', () => {
    const till = new Till(terms(members()));
    happens(till, 'Seen');
    till.tell(paid(snapshot(5000)));
    put(till, 'disabled');
    expect(pointsOf(till.tell(refunded(refund('a'))))).toEqual([-50]);
  });

  test.each([
    [['Staff'], 'disabled'],
    ['vip, staff', 'disabled'],
    [['customer'], 'member'],
  ])('by the tag %j is %s', (tags, state) => {
    const till = new Till(terms(members({ exclude: { tags: ['staff'], segments: [] } })));
    happens(till, 'Identified', { traits: { tags } });
    expect(stateOf(till)).toBe(state);
  });

  test('by a tag is what they were again once it is gone', () => {
    const till = new Till(terms(members({ enrolment: 'join', exclude: { tags: ['staff'], segments: [] } })));
    put(till, 'member');
    happens(till, 'Identified', { traits: { tags: ['staff'] } });
    happens(till, 'Seen');
    happens(till, 'Identified', { traits: { tags: [] } });
    expect([stateOf(till), changesOf(till)]).toEqual([
      'member',
      ['Joined Programme', 'Left Programme', 'Joined Programme'],
    ]);
  });

  test('by a segment earns nothing while they are in it', () => {
    const till = new Till(terms(members({ exclude: { tags: [], segments: ['resellers'] } })));
    till.segments.add('resellers');
    till.tell(paid(snapshot(5000)));
    till.segments.delete('resellers');
    till.tell(paid(snapshot(6000, { orderId: 'o2' })));
    expect(till.balance).toBe(60);
  });
});

describe('two who are one', () => {
  const of = (state: MemberState, sinceMs: number): Membership => ({ state, sinceMs, by: 'api' });

  test.each([
    ['disabled', 'member', 'disabled'],
    ['candidate', 'member', 'member'],
    ['candidate', 'disabled', 'disabled'],
  ] as const)('%s and %s are %s, whichever survives', (one, other, state) => {
    expect(joinMemberships(of(one, 1), of(other, 2))?.state).toBe(state);
    expect(joinMemberships(of(other, 2), of(one, 1))?.state).toBe(state);
  });

  test('have been members since the earlier day', () => {
    expect(joinMemberships(of('member', 5), of('member', 3))?.sinceMs).toBe(3);
    expect(joinMemberships(undefined, of('member', 3))?.sinceMs).toBe(3);
  });
});
