/** Who is meant by a referral: whose code it is, and everybody that the one who claims it may be. Reads, and makes nobody. */
import { aliasOf } from '../domain/referrals/alias.ts';
import { beginningsOf } from '../domain/referrals/code.ts';
import type { DirectoryStore } from './store.ts';

export interface ReferralQuery {
  /** In its one form. */
  code: string;
  email: string;
  /** The browser that claims it, where it says which. */
  anonymousId: string | null;
}

export interface ReferralParties {
  /** Whose code it is; null: nobody's. */
  referrer: string | null;
  /** The mailboxes of the referrer, each in its one spelling. */
  mailboxes: string[];
  /** Customers by the e-mail as it is, by its mailbox, and by the browser. */
  byEmail: string | null;
  byMailbox: string | null;
  byBrowser: string | null;
}

const MOST_NAMES = 100;

/** A code that two customers share leads to neither: at 65 bits nobody has seen two. */
export function referrerOf(store: DirectoryStore, code: string): string | null {
  const found = new Set(beginningsOf(code).flatMap((text) => store.aliases.beginningWith(text)));
  const [first, ...others] = found;
  return first === undefined || others.length > 0 ? null : first;
}

export function partiesOf(store: DirectoryStore, { code, email, anonymousId }: ReferralQuery): ReferralParties {
  const owner = (kind: 'email' | 'anonymous', value: string) => {
    const found = store.owner({ kind, value });
    return found === null ? null : (found.leaving ?? found.customer);
  };
  const referrer = referrerOf(store, code);
  const names = referrer === null ? [] : store.names(referrer, MOST_NAMES);
  const alias = aliasOf(email);
  return {
    referrer,
    mailboxes: names.filter(({ kind }) => kind === 'email').map(({ value }) => aliasOf(value)),
    byEmail: owner('email', email),
    byMailbox: owner('email', alias) ?? store.aliases.owner(alias),
    byBrowser: anonymousId === null ? null : owner('anonymous', anonymousId),
  };
}
