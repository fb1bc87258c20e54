/** What depends on the shopper's locale in the tabs: their words, and money, dates and signed numbers. */
import { tabStrings as english } from './en-tabs.ts';
import type { TabStrings } from './keys.ts';
import { formatMoney } from './money.ts';
import { Words } from './words.ts';

const DAY_MS = 86_400_000;

export class TabWords extends Words {
  constructor({ locale, language }: Words) {
    super(locale, language);
  }

  get text(): TabStrings {
    return this.language.tabStrings ?? english;
  }

  signed(value: number): string {
    return this.number(value, { signDisplay: 'exceptZero' });
  }

  money(minor: number, currency: string): string {
    return formatMoney(minor, currency, this.locale);
  }

  date(atMs: number): string {
    return new Intl.DateTimeFormat(this.locale, { dateStyle: 'long' }).format(atMs);
  }

  /** “yesterday” within the last week, else the date. Counted in the shopper's own days. */
  recent(atMs: number, nowMs = Date.now()): string {
    const days = Math.round((startOfDay(atMs) - startOfDay(nowMs)) / DAY_MS);
    if (days > 0 || days < -6)
      return new Intl.DateTimeFormat(this.locale, {
        dateStyle: 'medium',
      }).format(atMs);
    return new Intl.RelativeTimeFormat(this.locale, { numeric: 'auto' }).format(days, 'day');
  }
}

const startOfDay = (atMs: number): number => new Date(atMs).setHours(0, 0, 0, 0);
