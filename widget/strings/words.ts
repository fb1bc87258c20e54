/** What depends on the shopper's locale in the shell: words, plurals, numbers, the direction of the page. */
import type { Plural, Strings } from './keys.ts';
import { ENGLISH, type Language, loadLanguage } from './strings.ts';

type Values = Readonly<Record<string, string | number>>;

export class Words {
  /**
   * The shopper's locale where we have their language, else plain English: numbers and dates follow the words, since a
   * line that mixes two languages reads badly and, between two directions, wrongly. Also the `lang` of the drawer.
   */
  readonly locale: string;
  readonly language: Language;
  readonly #plurals: Intl.PluralRules;

  constructor(locale: string, language: Language) {
    this.locale = locale.split('-')[0] === language.tag ? locale : language.tag;
    this.language = language;
    this.#plurals = new Intl.PluralRules(this.locale);
  }

  static async load(locale: string | null): Promise<Words> {
    const known = canonical(locale);
    return new Words(known, await loadLanguage(known));
  }

  get dir(): 'ltr' | 'rtl' {
    return this.language.dir ?? 'ltr';
  }

  get strings(): Strings {
    return this.language.strings;
  }

  /** Among words that read from right to left each value keeps its own direction. */
  fill(text: string, values: Values): string {
    const [open, close] = this.dir === 'rtl' ? '\u2068\u2069' : ['', ''];
    return text.replace(/\{(\w+)\}/g, (_, name: string) => `${open}${values[name] ?? ''}${close}`);
  }

  plural(forms: Plural, count: number, values: Values = {}): string {
    return this.fill(forms[this.#plurals.select(Math.abs(count))] ?? forms.other, values);
  }

  number(value: number, options?: Intl.NumberFormatOptions): string {
    return new Intl.NumberFormat(this.locale, options).format(value);
  }
}

export const ENGLISH_WORDS = new Words('en', ENGLISH);

/** A page's `lang` can be anything; Intl throws at what is no language tag. */
function canonical(locale: string | null): string {
  try {
    return Intl.getCanonicalLocales(locale?.replace(/_/g, '-') || 'en')[0] ?? 'en';
  } catch {
    return 'en';
  }
}
