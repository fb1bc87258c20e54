/** The demo shop's vouchers, as its merchant would make them: two campaigns, a gift card, and codes that are given by themselves. */

/** Whoever may be written to gets one of these, once. */
export const WELCOME = {
  name: 'Welcome to the newsletter',
  campaign_type: 'DISCOUNT_COUPONS',
  type: 'AUTO_UPDATE',
  join_once: true,
  vouchers_count: 25,
  voucher: {
    type: 'DISCOUNT_VOUCHER',
    discount: { type: 'PERCENT', percent_off: 10 },
    redemption: { quantity: 1 },
    code_config: { pattern: 'WELCOME-#######' },
  },
};

/** One code for everybody. */
export const SPRING = {
  name: 'Spring post',
  campaign_type: 'DISCOUNT_COUPONS',
  type: 'STANDALONE',
  vouchers_count: 1,
  voucher: {
    type: 'DISCOUNT_VOUCHER',
    code: 'SPRING',
    discount: { type: 'UNIT', unit_off: 1, unit_type: 'prod_5h1pp1ng' },
    redemption: { quantity: null },
  },
};

export const GIFT_CARD = { code: 'FERN-GIFT-25', about: { type: 'GIFT_VOUCHER', gift: { amount: 2_500 } } };

export const READERS = {
  name: 'Newsletter readers',
  definition: {
    condition_groups: [
      {
        conditions: [
          {
            type: 'profile-marketing-consent',
            consent: { channel: 'email', can_receive_marketing: true, consent_status: { subscription: 'subscribed' } },
          },
        ],
      },
    ],
  },
};
