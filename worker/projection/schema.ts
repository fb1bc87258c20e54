/** D1's copies, typed. The tables are made by `migrations/d1`; a test holds the two against each other. */
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const shops = sqliteTable('shop', {
  shop: text('shop').primaryKey(),
  name: text('name').notNull(),
  mode: text('mode').notNull(),
  createdMs: integer('created_ms').notNull(),
  version: integer('version').notNull(),
  settings: text('settings').notNull(),
});

export const profiles = sqliteTable(
  'profile',
  {
    shop: text('shop').notNull(),
    customer: text('customer').notNull(),
    seq: integer('seq').notNull(),
    userId: text('user_id'),
    email: text('email'),
    name: text('name'),
    nameKey: text('name_key'),
    phone: text('phone'),
    balance: integer('balance').notNull(),
    debt: integer('debt').notNull(),
    lifetime: integer('lifetime').notNull(),
    orders: integer('orders').notNull(),
    firstSeenMs: integer('first_seen_ms').notNull(),
    lastSeenDay: integer('last_seen_day').notNull(),
    /** 1: handed over or erased; the row only keeps its place. */
    gone: integer('gone').notNull(),
  },
  (table) => [primaryKey({ columns: [table.shop, table.customer] })],
);

export const members = sqliteTable(
  'member',
  {
    shop: text('shop').notNull(),
    customer: text('customer').notNull(),
    /** A segment or a list. */
    target: text('target').notNull(),
    sinceMs: integer('since_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.shop, table.customer, table.target] })],
);

export const referrals = sqliteTable(
  'referral',
  {
    shop: text('shop').notNull(),
    referral: text('referral').notNull(),
    /** Who referred. */
    customer: text('customer').notNull(),
    friend: text('friend').notNull(),
    seq: integer('seq').notNull(),
    status: text('status').notNull(),
    /** JSON. */
    reasons: text('reasons').notNull(),
    flagged: integer('flagged').notNull(),
    startedMs: integer('started_ms').notNull(),
    changedMs: integer('changed_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.shop, table.referral] })],
);

export const orders = sqliteTable(
  'orders',
  {
    shop: text('shop').notNull(),
    placedMs: integer('placed_ms').notNull(),
    orderId: text('order_id').notNull(),
    customer: text('customer').notNull(),
    seq: integer('seq').notNull(),
    name: text('name').notNull(),
    currency: text('currency').notNull(),
    totalMinor: integer('total_minor').notNull(),
    payment: text('payment').notNull(),
    fulfilment: text('fulfilment').notNull(),
    points: integer('points').notNull(),
  },
  (table) => [primaryKey({ columns: [table.shop, table.orderId] })],
);
