/** The tier card: where the shopper stands, how far the next one is, what keeping this one takes, and what it brings. */
import { html, nothing, type TemplateResult } from 'lit';
import type { HubTier } from '../../worker/wire/hub-programme.ts';
import type { TabWords } from '../strings/tab-words.ts';

type Next = NonNullable<HubTier['next']>;

export function renderTier(words: TabWords, tier: HubTier, currency: string): TemplateResult {
  const { text } = words;
  const { current, next } = tier;
  const amount = (count: number): string => amountOf(words, tier.metric, { count, currency });
  return html`
    <section class="box tier" part="tier" aria-labelledby="tier-title">
      <p class="note">${text.tier}</p>
      <h3 class="tier-name" id="tier-title">${current?.name ?? words.fill(text.tierToward, { tier: next?.name ?? '' })}</h3>
      ${next ? renderWay(tier, next, words.fill(text.tierNext, { amount: amount(next.missing), tier: next.name })) : html`<p class="note">${text.tierTop}</p>`}
      ${renderKeep(words, tier, amount)} ${renderPerks(words, current)} ${renderPerks(words, next)}
    </section>`;
}

/** The bar begins at the current tier; the words below it say the same. */
function renderWay({ floor, progress }: HubTier, next: Next, missing: string): TemplateResult {
  const most = Math.max(1, next.threshold - floor);
  return html`
    <progress class="bar" max=${most} value=${Math.min(most, Math.max(0, progress - floor))} aria-labelledby="tier-missing"></progress>
    <p class="tier-missing" id="tier-missing">${missing}</p>`;
}

function renderKeep(
  words: TabWords,
  { current, keep }: HubTier,
  amount: (count: number) => string,
): TemplateResult | typeof nothing {
  if (!current || !keep) return nothing;
  const { text } = words;
  const values = { tier: current.name, date: words.date(keep.untilMs) };
  const line = keep.missing
    ? words.fill(text.tierKeep, { ...values, amount: amount(keep.missing) })
    : words.fill(text.tierKept, values);
  return html`<p class="note">${line}</p>`;
}

function renderPerks(words: TabWords, step: HubTier['current']): TemplateResult | typeof nothing {
  if (!step || step.perks.length === 0) return nothing;
  return html`
    <p class="perks-title">${words.fill(words.text.perks, { tier: step.name })}</p>
    <ul class="perks">${step.perks.map((perk) => html`<li><bdi>${perk}</bdi></li>`)}</ul>`;
}

function amountOf(
  words: TabWords,
  metric: HubTier['metric'],
  { count, currency }: { count: number; currency: string },
): string {
  const { text } = words;
  if (metric === 'points') return words.points(count);
  if (metric === 'spent') return words.money(count, currency);
  const forms = metric === 'orders' ? text.orderCount : text.friendCount;
  return words.plural(forms, count, { count: words.number(count) });
}
