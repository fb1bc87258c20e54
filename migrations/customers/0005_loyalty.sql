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

CREATE TABLE redemption (
  customer TEXT NOT NULL,
  redemption TEXT NOT NULL,
  voucher TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (customer, redemption)
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
