/** The shape of a language, and where each one is loaded from. English is in the shell, the others are their own downloads. */
import { strings as english } from './en.ts';

/** By the categories of Intl.PluralRules; `other` is always there. */
export type Plural = { readonly other: string } & {
  readonly [category in Intl.LDMLPluralRule]?: string;
};

// biome-ignore format: one list of keys reads better than one key a line
type TextKey =
  | 'close' | 'loading' | 'yourAccount' | 'greeting' | 'greetingNameless' | 'welcome' | 'signedOutLead' | 'signIn'
  | 'createAccount' | 'beforeSignIn' | 'privacy' | 'terms' | 'legal' | 'account' | 'tabs' | 'forYou' | 'orders'
  | 'failed' | 'failedLead' | 'tooMany' | 'stale' | 'retry' | 'plainAccount';

// biome-ignore format: as above
type TabTextKey =
  | 'worth' | 'activity' | 'allActivity' | 'earlierActivity' | 'noActivity' | 'noActivityLead' | 'earned' | 'adjusted'
  | 'clawedBack' | 'restored' | 'spent' | 'expired' | 'forOrder' | 'noOrders' | 'noOrdersLead' | 'moreOrders'
  | 'allOrders' | 'order' | 'placed' | 'quantity' | 'subtotal' | 'discount' | 'shipping' | 'free' | 'tax'
  | 'taxIncluded' | 'total' | 'refunded' | 'pointsFromOrder' | 'track' | 'trackingNumber' | 'parcel' | 'copy'
  | 'copied' | 'newWindow' | 'orderNotFound' | 'orderNotFoundLead';

// biome-ignore format: as above
export type StatusKey =
  | 'pending' | 'cancelled' | 'refunded' | 'unfulfilled' | 'partial' | 'fulfilled' | 'label_printed' | 'confirmed'
  | 'in_transit' | 'out_for_delivery' | 'attempted_delivery' | 'ready_for_pickup' | 'delivered' | 'failure';

/** What the shell says. */
export type Strings = Readonly<Record<TextKey, string> & Record<'balanceNow', Plural>>;

/** What the tabs say. */
export type TabStrings = Readonly<Record<TabTextKey, string>> &
  Readonly<Record<'points' | 'debt' | 'expiry' | 'pointsEach' | 'items', Plural>> & {
    readonly status: Readonly<Record<StatusKey, string>>;
  };

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
