/** English: in the shell, so that the drawer can always say something. Every other language has exactly these keys. */
import type { Strings } from './keys.ts';

export const strings: Strings = {
  close: 'Close',
  loading: 'Loading your account',
  yourAccount: 'Your account',
  greeting: 'Hello, {name}',
  greetingNameless: 'Hello',
  welcome: 'Welcome',
  signedOutLead: 'Sign in to see your points and follow your orders.',
  signIn: 'Sign in',
  createAccount: 'Create an account',
  beforeSignIn: 'Before you sign in',
  privacy: 'Privacy policy',
  terms: 'Terms',
  legal: 'Legal',
  account: 'Account details',
  tabs: 'Sections of your account',
  forYou: 'For you',
  orders: 'Orders',
  profile: 'Profile',
  balanceNow: {
    one: 'You now have {points} point',
    other: 'You now have {points} points',
  },
  failed: 'Something did not load',
  failedLead: 'Please try again in a moment.',
  tooMany: 'That was a little fast. Please wait a moment and try again.',
  stale: 'This may be out of date.',
  retry: 'Try again',
  plainAccount: 'Go to the account page',
};
