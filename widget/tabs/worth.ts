/** What a voucher or a reward gives, in words and as a picture. */
import { html, type TemplateResult } from 'lit';
import type { Worth } from '../../worker/wire/rewards.ts';
import type { TabWords } from '../strings/tab-words.ts';
import { sparkIcon } from '../views/icons.ts';
import { boxIcon } from './order-icons.ts';

/** “10% off, up to €5.00”. What an amount is missing for is named by its kind alone. */
export function worthOf(words: TabWords, worth: Worth): string {
  const { own } = words;
  const money = (minor: number | null): string => words.money(minor ?? 0, worth.currency);
  switch (worth.kind) {
    case 'amount':
    case 'variable':
      return words.fill(own.amountOff, { money: money(worth.amountMinor) });
    case 'percent': {
      const percent = words.fill(own.percentOff, { percent: words.percent(worth.hundredths ?? 0) });
      return worth.capMinor === null
        ? percent
        : `${percent} · ${words.fill(own.upTo, { money: money(worth.capMinor) })}`;
    }
    case 'fixed_price':
      return words.fill(own.fixedPrice, { money: money(worth.amountMinor) });
    case 'gift_card':
      return own.giftCard;
    case 'shipping':
    case 'product':
    case 'perk':
      return own[worth.kind];
  }
}

export const renderTile = (kind: Worth['kind']): TemplateResult =>
  html`<span class="tile" part="tile">${iconOf(kind)}</span>`;

function iconOf(kind: Worth['kind']): TemplateResult {
  if (kind === 'shipping' || kind === 'product') return boxIcon();
  if (kind === 'perk') return sparkIcon();
  return kind === 'gift_card' ? cardIcon() : percentIcon();
}

const percentIcon = (): TemplateResult => html`
  <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
    <path d="M14.5 5.5l-9 9" /><circle cx="6.5" cy="6.5" r="2" /><circle cx="13.5" cy="13.5" r="2" />
  </svg>`;

const cardIcon = (): TemplateResult => html`
  <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
    <path d="M3 5.5h14v9.5H3zM3 9h14M8.500 5.5C6 5 5.500 2.500 7.500 2.500S10 5.500 10 5.500s.5-3 2.500-3 1.500 2.500-1 3" />
  </svg>`;
