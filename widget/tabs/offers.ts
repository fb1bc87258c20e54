/** The rewards that points buy: what can be had first, then what is nearest. */
import { html, nothing, type TemplateResult } from 'lit';
import type { RewardOffers, RewardOfferView } from '../../worker/wire/rewards.ts';
import type { TabWords } from '../strings/tab-words.ts';
import { sparkIcon } from '../views/icons.ts';
import { renderNotice } from '../views/placeholders.ts';
import { renderTile } from './worth.ts';

export function renderOffers(
  words: TabWords,
  { balance, items }: RewardOffers,
  onSelect: (id: string) => void,
): TemplateResult {
  const { own } = words;
  if (items.length === 0) {
    return renderNotice({ icon: sparkIcon(), title: own.noRewards, lead: own.noRewardsLead });
  }
  return html`
    <p class="balance-line">${words.fill(own.have, { points: words.points(balance) })}</p>
    <ul class="list" part="rewards" aria-label=${words.strings.rewards}>
      ${sorted(items).map((offer) => renderOffer(words, offer, { balance, onSelect }))}
    </ul>`;
}

/** What cannot be had for another reason than points comes last. Of equals the merchant's order stays. */
function sorted(items: readonly RewardOfferView[]): RewardOfferView[] {
  const distance = ({ available, reason, missingPoints }: RewardOfferView): number =>
    available ? -1 : reason === 'missing_points' ? missingPoints : Number.MAX_SAFE_INTEGER;
  return items.toSorted((one, other) => distance(one) - distance(other));
}

interface Row {
  readonly balance: number;
  readonly onSelect: (id: string) => void;
}

function renderOffer(words: TabWords, offer: RewardOfferView, { balance, onSelect }: Row): TemplateResult {
  const { id, name, text, available } = offer;
  return html`
    <li class="offer ${available ? '' : 'not-now'}" part="reward" tabindex="-1" data-reward=${id}>
      ${renderTile(offer.worth.kind)}
      <div class="offer-what">
        <p class="offer-name"><bdi>${name}</bdi></p>
        <p class="note">${factsOf(words, offer)}</p>
        ${text ? html`<p class="note"><bdi>${text}</bdi></p>` : nothing}
        ${available ? nothing : renderReason(words, offer, balance)}
      </div>
      ${available ? html`<button class="button small" part="button" @click=${() => onSelect(id)}>${words.own.redeem}<span class="hidden">: ${name}</span></button>` : nothing}
    </li>`;
}

/** What it costs, and what an order must come to. */
export function factsOf(words: TabWords, { points, step, minimumMinor, worth }: RewardOfferView): string {
  const money = (minor: number): string => words.money(minor, worth.currency);
  const price = step ? `${words.points(step.points)} = ${money(step.worthMinor)}` : words.points(points);
  return minimumMinor ? `${price} · ${words.fill(words.text.minimum, { money: money(minimumMinor) })}` : price;
}

function renderReason(words: TabWords, offer: RewardOfferView, balance: number): TemplateResult {
  const { own, text } = words;
  const { id, points, missingPoints, reason, againAtMs } = offer;
  if (reason === 'missing_points') {
    return html`
      <progress class="bar" max=${points} value=${Math.max(0, Math.min(balance, points - missingPoints))} aria-labelledby="missing-${id}"></progress>
      <p class="missing" id="missing-${id}">${words.fill(own.toGo, { points: words.points(missingPoints) })}</p>`;
  }
  const why = {
    not_for_you: own.notForYou,
    not_a_member: own.notMember,
    limit_reached: own.limitReached,
    not_available: own.notAvailable,
  }[reason ?? 'not_available'];
  const again = againAtMs === null ? '' : ` · ${words.fill(text.again, { date: words.date(againAtMs) })}`;
  return html`<p class="missing">${why}${again}</p>`;
}
