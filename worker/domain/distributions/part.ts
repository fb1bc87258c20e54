/** Distributions as a part of what happens to a customer: an event sets them off, and one that gave nothing says why. */
import type { Answered } from '../errand.ts';
import { textOf } from '../json.ts';
import type { Happened, Part, When } from '../loyalty/part.ts';
import type { Terms } from '../terms.ts';
import { pushRow, type Work } from '../work.ts';
import { byEvent, GIVE_CODE } from './triggered.ts';

export const PUBLICATION_FAILED = 'Voucher Publication Failed';

export const distributionsPart: Part = { after, answered };

function after(work: Work, { event, nowMs }: Happened, terms: Terms): void {
  if (event === null || event.trust !== 'server' || work.customer === '') return;
  const { customer, head } = work;
  const whom = { customer, head, isIn: (segment: string) => work.guardedSince(segment, nowMs) !== null, nowMs };
  const row = work.rows.findLast(({ kind }) => kind === 'event');
  if (row !== undefined) work.errands.push(...byEvent(whom, event, row.seq, terms));
}

/** What was given is in the wallet's own row. */
function answered(work: Work, { errand, answer }: Answered, terms: Terms, when: When): void {
  if (errand.kind !== GIVE_CODE || answer.given === true) return;
  const campaign = textOf(errand.body, 'campaign') ?? '';
  const distribution = textOf(errand.body, 'distribution') ?? '';
  const reason = textOf(answer, 'reason') ?? 'unknown';
  const properties = { campaign_id: campaign, distribution_id: distribution, reason };
  pushRow(work, {
    kind: 'errand.done',
    name: PUBLICATION_FAILED,
    atMs: when.atMs,
    recordedAtMs: when.nowMs,
    terms,
    entries: [],
    about: { distribution, campaign, reason, properties },
  });
}
