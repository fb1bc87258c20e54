/** What depends on the shopper's locale in the tabs: their words, and money, dates, stretches of time and signed numbers. */
import type { RewardStrings, TabStrings } from './keys.ts';
import { formatMoney } from './money.ts';
import { Words } from './words.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export class TabWords extends Words {
  constructor({ locale, language }: Words) {
    super(locale, language);
  }

  get text(): TabStrings {
    return present(this.language.tabStrings);
  }

  /** Of the rewards tab. */
  get own(): RewardStrings {
    return present(this.language.rewardStrings);
  }

  signed(value: number): string {
    return this.number(value, { signDisplay: 'exceptZero' });
  }

  /** “120 points”, as a subject. */
  points(count: number): string {
    return this.plural(this.text.pointsCount, count, { points: this.number(count) });
  }

  money(minor: number, currency: string): string {
    return formatMoney(minor, currency, this.locale);
  }

  percent(hundredths: number): string {
    return this.number(hundredths / 10_000, { style: 'percent', maximumFractionDigits: 2 });
  }

  /** “58 minutes”: what is left, rounded up, in hours from two on. */
  left(ms: number): string {
    const minutes = Math.max(1, Math.ceil(ms / MINUTE_MS));
    const [count, unit] = minutes < 120 ? [minutes, 'minute'] : [Math.ceil(minutes / 60), 'hour'];
    return this.number(count, { style: 'unit', unit, unitDisplay: 'long' });
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

/** The drawer shows no tab before its words are there. */
function present<T>(words: T | undefined): T {
  if (words === undefined) throw new Error('The words of the tabs are not loaded');
  return words;
}

const startOfDay = (atMs: number): number => new Date(atMs).setHours(0, 0, 0, 0);
