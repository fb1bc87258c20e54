-- What the programme knows of a customer besides points: member or not, tier, limits used, birthday, referral. JSON beside
-- the balance, so that a change of it writes no row of its own. Its `dueMs` is when the next of it happens by itself.
ALTER TABLE customer ADD COLUMN loyalty TEXT;
ALTER TABLE customer ADD COLUMN pending_due_ms INTEGER;
ALTER TABLE customer ADD COLUMN vouchers_due_ms INTEGER;

-- Points that were earned and are not spendable yet; a row goes when it is released or voided.
CREATE TABLE pending (
  customer TEXT NOT NULL,
  releases_ms INTEGER NOT NULL,
  id INTEGER NOT NULL,
  points INTEGER NOT NULL CHECK (points > 0),
  body TEXT NOT NULL,
  PRIMARY KEY (customer, releases_ms, id)
) STRICT, WITHOUT ROWID;

-- No object ever wrote the older table. A voucher's id follows from its code, so that either finds it.
DROP TABLE held_voucher;
CREATE TABLE held_voucher (
  customer TEXT NOT NULL,
  voucher TEXT NOT NULL,
  campaign TEXT,
  state TEXT NOT NULL,
  starts_ms INTEGER,
  ends_ms INTEGER,
  due_ms INTEGER,
  body TEXT NOT NULL,
  PRIMARY KEY (customer, voucher)
) STRICT, WITHOUT ROWID;
CREATE INDEX held_voucher_due ON held_voucher (customer, due_ms) WHERE due_ms IS NOT NULL;

-- redeemer: who redeemed it, null where nobody was named. stands: 0 for one that was refused, or rolled back whole. Both
-- are read in place, for most customers made a handful; an index would cost every redemption a row.
CREATE TABLE redemption (
  customer TEXT NOT NULL,
  redemption TEXT NOT NULL,
  voucher TEXT NOT NULL,
  campaign TEXT,
  redeemer TEXT,
  order_id TEXT,
  at_ms INTEGER NOT NULL,
  stands INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (customer, redemption)
) STRICT, WITHOUT ROWID;

-- Money put on a gift card by hand, or taken off.
CREATE TABLE gift_credit (
  customer TEXT NOT NULL,
  voucher TEXT NOT NULL,
  credit TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (customer, voucher, credit)
) STRICT, WITHOUT ROWID;

-- Vouchers, redemptions, pending points and credits of a customer who is moving here and has more than one call carries.
CREATE TABLE arriving_holding (
  loser TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (loser, kind, id)
) STRICT, WITHOUT ROWID;

-- The friends whom a customer brought; seq: of the customer when one changed last.
CREATE TABLE referral (
  customer TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  referral TEXT NOT NULL,
  seq INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (customer, started_ms, referral)
) STRICT, WITHOUT ROWID;

-- What a customer has to ask of another object, until it is answered for good: the one who starts is the coordinator.
CREATE TABLE errand (
  op TEXT NOT NULL PRIMARY KEY,
  customer TEXT NOT NULL,
  kind TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_ms INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
