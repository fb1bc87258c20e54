/** The languages, and where each one is loaded from. What the shell says in English is in the shell, all else is a download. */
import { strings as english } from './en.ts';
import type { RewardStrings, Strings, TabStrings } from './keys.ts';

interface Words {
  readonly strings: Strings;
  readonly tabStrings: TabStrings;
  readonly rewardStrings: RewardStrings;
  /** How it is written; left to right unless it says otherwise. */
  readonly dir?: 'rtl';
}

/** Without the words of the tabs only the shell can speak: that is where no download succeeds. */
export interface Language extends Partial<Words> {
  /** The language of the words, which is English where we do not have the shopper's. */
  readonly tag: string;
  readonly strings: Strings;
}

const LANGUAGES: Readonly<Record<string, () => Promise<Words>>> = {
  ar: () => import('./ar.ts'),
  de: () => import('./de.ts'),
  en: async () => ({ ...(await import('./en-tabs.ts')), strings: english }),
};

export const ENGLISH: Language = { tag: 'en', strings: english };

/** Never fails: a language that cannot be loaded is English. */
export async function loadLanguage(locale: string): Promise<Language> {
  for (const tag of [locale.split('-')[0] ?? 'en', 'en']) {
    try {
      const words = await LANGUAGES[tag]?.();
      if (words) return { ...words, tag };
    } catch {}
  }
  return ENGLISH;
}
