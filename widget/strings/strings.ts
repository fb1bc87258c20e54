/** The languages, and where each one is loaded from. English is in the shell, the others are their own downloads. */
import { strings as english } from './en.ts';
import type { Strings, TabStrings } from './keys.ts';

export interface Language {
  /** The language of the words, which is English where we do not have the shopper's. */
  readonly tag: string;
  readonly strings: Strings;
  /** Absent in English, which the tabs bring themselves. */
  readonly tabStrings?: TabStrings;
  /** How it is written; left to right unless it says otherwise. */
  readonly dir?: 'rtl';
}

const LANGUAGES: Readonly<Record<string, () => Promise<Omit<Language, 'tag'>>>> = {
  ar: () => import('./ar.ts'),
  de: () => import('./de.ts'),
};

export const ENGLISH: Language = { tag: 'en', strings: english };

/** Never fails: a language that cannot be loaded is English. */
export async function loadLanguage(locale: string): Promise<Language> {
  const tag = locale.split('-')[0] ?? 'en';
  try {
    const language = await LANGUAGES[tag]?.();
    return language ? { ...language, tag } : ENGLISH;
  } catch {
    return ENGLISH;
  }
}
