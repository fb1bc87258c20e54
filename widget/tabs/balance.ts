/** The member's card: the balance, what it is worth, what is owed, on its way, and ends next. */
import { html, nothing, type TemplateResult } from 'lit';
import type { HubCustomer, HubShop } from '../../worker/wire/hub.ts';
import type { TabWords } from '../strings/tab-words.ts';

type Points = HubCustomer['points'];

export function renderBalance(words: TabWords, points: Points, { currency }: HubShop): TemplateResult {
  const { text } = words;
  const { balance, worthMinor, owed } = points;
  const number = words.number(balance);
  const facts = [
    owed > 0 ? words.plural(text.debt, owed, { points: words.number(owed) }) : null,
    pendingOf(words, points),
    expiryOf(words, points),
  ].filter((fact) => fact !== null);
  return html`
    <div class="card" part="card balance">
      <p class="balance-number"><strong class=${number.length > 8 ? 'long' : ''}>${number}</strong> <span>${words.plural(text.points, balance)}</span></p>
      ${worthMinor !== null && balance > 0 ? html`<p class="worth" part="worth">${words.fill(text.worth, { money: words.money(worthMinor, currency) })}</p>` : nothing}
      ${facts.length > 0 ? html`<ul class="card-facts" part="expiry">${facts.map((fact) => html`<li>${clockIcon()} <span>${fact}</span></li>`)}</ul>` : nothing}
    </div>`;
}

/** Whoever is to join is told what waits for them, if anything does. */
export function renderInvitation(
  words: TabWords,
  { points, shop }: { points: Points; shop: HubShop },
  action: TemplateResult,
): TemplateResult {
  const { text } = words;
  const { balance } = points;
  return html`
    <div class="card" part="card invitation">
      <h3 class="invitation-title">${words.fill(text.joinTitle, { shop: shop.name })}</h3>
      <p class="worth">${text.joinLead}</p>
      ${balance > 0 ? html`<p class="worth">${words.fill(text.joinWaiting, { points: words.points(balance) })}</p>` : nothing}
      ${action}
    </div>`;
}

function pendingOf(words: TabWords, { pending }: Points): string | null {
  if (!pending) return null;
  const { text } = words;
  const points = words.points(pending.points);
  if (pending.nextAtMs === null) return words.fill(text.pendingParcel, { points });
  return words.fill(text.pending, { points, date: words.date(pending.nextAtMs) });
}

function expiryOf(words: TabWords, { nextExpiry }: Points): string | null {
  if (!nextExpiry) return null;
  const { points, atMs } = nextExpiry;
  return words.plural(words.text.expiry, points, { points: words.number(points), date: words.date(atMs) });
}

const clockIcon = (): TemplateResult => html`
  <svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="6.5" /><path d="M10 6.5V10l2.5 1.5" /></svg>`;
