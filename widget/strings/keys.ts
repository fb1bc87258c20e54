/** What every language has to say: its keys, and which of them count. */

/** By the categories of Intl.PluralRules; `other` is always there. */
export type Plural = { readonly other: string } & {
  readonly [category in Intl.LDMLPluralRule]?: string;
};

// biome-ignore format: one list of keys reads better than one key a line
type TextKey =
  | 'close' | 'loading' | 'yourAccount' | 'greeting' | 'greetingNameless' | 'welcome' | 'signedOutLead' | 'signIn'
  | 'createAccount' | 'beforeSignIn' | 'privacy' | 'terms' | 'legal' | 'account' | 'tabs' | 'forYou' | 'orders' | 'profile'
  | 'failed' | 'failedLead' | 'tooMany' | 'stale' | 'retry' | 'plainAccount';

// biome-ignore format: as above
type TabTextKey =
  | 'worth' | 'activity' | 'allActivity' | 'earlierActivity' | 'noActivity' | 'noActivityLead' | 'earned' | 'adjusted'
  | 'clawedBack' | 'restored' | 'spent' | 'expired' | 'forOrder' | 'noOrders' | 'noOrdersLead' | 'moreOrders'
  | 'allOrders' | 'order' | 'placed' | 'quantity' | 'subtotal' | 'discount' | 'shipping' | 'free' | 'tax'
  | 'taxIncluded' | 'total' | 'refunded' | 'pointsFromOrder' | 'track' | 'trackingNumber' | 'parcel' | 'copy'
  | 'copied' | 'newWindow' | 'orderNotFound' | 'orderNotFoundLead' | 'details' | 'name' | 'email' | 'messages'
  | 'messagesLead' | 'messagesLegal' | 'noChannels' | 'emails' | 'textMessages' | 'notifications' | 'subscribed'
  | 'notSubscribed' | 'unconfirmed' | 'unreachable' | 'suppressed' | 'notSaved';

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
