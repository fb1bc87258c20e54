/** What every language has to say: its keys, and which of them count. */

/** By the categories of Intl.PluralRules; `other` is always there. */
export type Plural = { readonly other: string } & {
  readonly [category in Intl.LDMLPluralRule]?: string;
};

// biome-ignore format: one list of keys reads better than one key a line
type TextKey =
  | 'close' | 'loading' | 'yourAccount' | 'greeting' | 'greetingNameless' | 'welcome' | 'signedOutLead' | 'signIn'
  | 'createAccount' | 'beforeSignIn' | 'privacy' | 'terms' | 'legal' | 'account' | 'tabs' | 'forYou' | 'rewards' | 'vouchers' | 'orders' | 'profile'
  | 'failed' | 'failedLead' | 'tooMany' | 'stale' | 'retry' | 'plainAccount';

// biome-ignore format: as above
type TabTextKey =
  | 'worth' | 'activity' | 'allActivity' | 'earlierActivity' | 'noActivity' | 'noActivityLead' | 'earned' | 'adjusted'
  | 'clawedBack' | 'restored' | 'spent' | 'expired' | 'forOrder' | 'noOrders' | 'noOrdersLead' | 'moreOrders'
  | 'allOrders' | 'order' | 'placed' | 'quantity' | 'subtotal' | 'discount' | 'shipping' | 'free' | 'tax'
  | 'taxIncluded' | 'total' | 'refunded' | 'pointsFromOrder' | 'track' | 'trackingNumber' | 'parcel' | 'copy'
  | 'copied' | 'newWindow' | 'orderNotFound' | 'orderNotFoundLead' | 'details' | 'name' | 'email' | 'messages'
  | 'messagesLead' | 'messagesLegal' | 'noChannels' | 'emails' | 'textMessages' | 'notifications' | 'subscribed'
  | 'notSubscribed' | 'unconfirmed' | 'unreachable' | 'suppressed' | 'notSaved' | 'pending' | 'pendingParcel'
  | 'tier' | 'tierToward' | 'tierNext' | 'tierTop' | 'tierKeep' | 'tierKept' | 'perks' | 'earn' | 'rate' | 'done'
  | 'again' | 'notYet' | 'until' | 'minimum' | 'noWays' | 'joinTitle' | 'joinLead' | 'join' | 'joinWaiting'
  | 'leave' | 'leaveLead' | 'leaveNow' | 'keptOut' | 'keptOutLead';

// biome-ignore format: as above
type RewardTextKey =
  | 'sections' | 'redeem' | 'friends' | 'have' | 'toGo' | 'notForYou' | 'notMember' | 'limitReached' | 'notAvailable'
  | 'noRewards' | 'noRewardsLead' | 'allRewards' | 'howMany' | 'worth' | 'costs' | 'remains' | 'redeemFor' | 'cancel'
  | 'unsure' | 'tooFew' | 'outOfStock' | 'got' | 'notMade' | 'beingMade' | 'beingMadeLead' | 'yourCode' | 'copyCode' | 'useNow'
  | 'validUntil' | 'undo' | 'undoLeft' | 'undone' | 'undoTooLate' | 'noVouchers' | 'noVouchersLead' | 'forCart'
  | 'notForCart' | 'addMore' | 'validFrom' | 'past' | 'giftLeft' | 'moves' | 'amountOff' | 'percentOff' | 'upTo'
  | 'fixedPrice' | 'shipping' | 'product' | 'giftCard' | 'perk' | 'invite' | 'friendGets' | 'youGet' | 'yourLink'
  | 'copyLink' | 'share' | 'yourFriends' | 'noFriends' | 'mayNotInvite' | 'invited';

// biome-ignore format: as above
export type VoucherStatusKey = 'locked' | 'waiting' | 'used' | 'expired' | 'returned' | 'disabled';

// biome-ignore format: as above
export type FriendStatusKey = 'pending' | 'held' | 'blocked' | 'completed' | 'cancelled' | 'expired';

export type MoveKey = 'added' | 'spent' | 'given_back' | 'expired';

/** Ways to earn that no merchant has given a name. */
export type WayKey = 'order' | 'birthday' | 'referral';

// biome-ignore format: as above
export type StatusKey =
  | 'pending' | 'cancelled' | 'refunded' | 'unfulfilled' | 'partial' | 'fulfilled' | 'label_printed' | 'confirmed'
  | 'in_transit' | 'out_for_delivery' | 'attempted_delivery' | 'ready_for_pickup' | 'delivered' | 'failure';

/** What the shell says. */
export type Strings = Readonly<Record<TextKey, string> & Record<'balanceNow', Plural>>;

/** What the tabs say. */
export type TabStrings = Readonly<Record<TabTextKey, string>> &
  Readonly<Record<'points' | 'pointsCount' | 'debt' | 'expiry' | 'items' | 'orderCount' | 'friendCount', Plural>> & {
    readonly status: Readonly<Record<StatusKey, string>>;
    readonly way: Readonly<Record<WayKey, string>>;
  };

/** What the rewards tab says besides. */
export type RewardStrings = Readonly<Record<RewardTextKey, string>> &
  Readonly<Record<'came', Plural>> & {
    readonly voucher: Readonly<Record<VoucherStatusKey, string>>;
    readonly friend: Readonly<Record<FriendStatusKey, string>>;
    readonly move: Readonly<Record<MoveKey, string>>;
  };
