-- Codes of this shard in their normal form, and who owns each: the voucher itself is here, or a customer holds it, or it is a
-- customer's code for friends, or it is gone and stays taken. body NULL: nothing ever happened to it, and it is as its campaign
-- says. token: who made it, so that making it again changes nothing. last: the newest entry about it.
CREATE TABLE code (
  code TEXT NOT NULL PRIMARY KEY,
  shown TEXT NOT NULL,
  owner TEXT NOT NULL CHECK (owner IN ('here', 'customer', 'referral', 'gone')),
  customer TEXT,
  campaign TEXT,
  token TEXT,
  made_ms INTEGER NOT NULL,
  last INTEGER,
  tally TEXT,
  body TEXT
) STRICT, WITHOUT ROWID;

-- What happened, in order; each names the one before it about the same code. The outbox as well.
CREATE TABLE entry (
  seq INTEGER PRIMARY KEY,
  code TEXT NOT NULL,
  prev INTEGER,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;

-- Idempotency keys, for ever, each with its first answer.
CREATE TABLE used_key (
  key TEXT NOT NULL PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- How often a customer has redeemed a code.
CREATE TABLE customer_tally (
  code TEXT NOT NULL,
  customer TEXT NOT NULL,
  tally TEXT NOT NULL,
  PRIMARY KEY (code, customer)
) STRICT, WITHOUT ROWID;

-- Uses that wait for others to agree; few. at_ms is wall time.
CREATE TABLE hold (
  key TEXT NOT NULL PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row of JSON: up to which entry each listener was told.
CREATE TABLE told (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  body TEXT NOT NULL
) STRICT;
