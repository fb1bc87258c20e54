-- One row per customer: where the journal stands and what it adds up to.
CREATE TABLE customer (
  customer TEXT NOT NULL PRIMARY KEY,
  seq INTEGER NOT NULL,
  now_ms INTEGER NOT NULL,
  balance INTEGER NOT NULL,
  debt INTEGER NOT NULL CHECK (debt >= 0),
  lifetime INTEGER NOT NULL,
  next_due_ms INTEGER,
  first_seen_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  known INTEGER NOT NULL,
  orders INTEGER NOT NULL,
  moved_to TEXT,
  traits TEXT NOT NULL,
  CHECK (balance >= 0 OR balance = -debt)
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_due ON customer (next_due_ms) WHERE next_due_ms IS NOT NULL;

-- Append-only. n numbers the object's rows in the order of their commits (outboxes read by it), seq the customer's.
CREATE TABLE journal (
  n INTEGER PRIMARY KEY,
  customer TEXT NOT NULL,
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT,
  at_ms INTEGER NOT NULL,
  recorded_ms INTEGER NOT NULL,
  key TEXT,
  order_id TEXT,
  points INTEGER,
  -- 1 where the row may have changed the profile
  named INTEGER NOT NULL,
  programme INTEGER NOT NULL,
  entries TEXT,
  about TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX journal_seq ON journal (customer, seq);
CREATE INDEX journal_points ON journal (customer, seq) WHERE points IS NOT NULL;

-- One effect per idempotency key or message id.
CREATE TABLE used_key (
  customer TEXT NOT NULL,
  key TEXT NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (customer, key)
) STRICT, WITHOUT ROWID;

-- Open lots only, in the order they are spent; a closed lot is in the journal.
CREATE TABLE lot (
  customer TEXT NOT NULL,
  expires_ms INTEGER NOT NULL,
  lot INTEGER NOT NULL,
  points INTEGER NOT NULL,
  remaining INTEGER NOT NULL CHECK (remaining > 0),
  origin TEXT NOT NULL,
  PRIMARY KEY (customer, expires_ms, lot)
) STRICT, WITHOUT ROWID;

CREATE TABLE orders (
  customer TEXT NOT NULL,
  order_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  placed_ms INTEGER,
  body TEXT NOT NULL,
  PRIMARY KEY (customer, order_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX orders_placed ON orders (customer, placed_ms, order_id) WHERE placed_ms IS NOT NULL;

-- A voucher held by a customer lives beside the points, so that spending points for one is one transaction.
CREATE TABLE held_voucher (
  customer TEXT NOT NULL,
  voucher TEXT NOT NULL,
  code TEXT NOT NULL,
  campaign TEXT,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  starts_ms INTEGER,
  ends_ms INTEGER,
  balance_minor INTEGER CHECK (balance_minor >= 0),
  redeemed INTEGER NOT NULL CHECK (redeemed >= 0),
  body TEXT NOT NULL,
  PRIMARY KEY (customer, voucher)
) STRICT, WITHOUT ROWID;

-- Which segments and lists a customer is in, since when, and when that ends by itself.
CREATE TABLE membership (
  customer TEXT NOT NULL,
  kind TEXT NOT NULL,
  target TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  until_ms INTEGER,
  version INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (customer, kind, target)
) STRICT, WITHOUT ROWID;

-- How far each reader of the journal has been told.
CREATE TABLE told (
  reader TEXT NOT NULL PRIMARY KEY,
  n INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
