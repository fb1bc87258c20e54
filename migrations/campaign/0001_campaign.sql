-- Every version of the campaign; the last one holds.
CREATE TABLE definition (
  version INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  who TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;

-- One row of JSON: what was given away, counts, how many codes there are.
CREATE TABLE standing (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  body TEXT NOT NULL
) STRICT;

-- What is kept for operations that were neither posted nor voided; few. at_ms is wall time.
CREATE TABLE hold (
  op TEXT NOT NULL PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Operations that have ended, for ever, with their first answer.
CREATE TABLE ended (
  op TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- How often each customer has redeemed of this campaign.
CREATE TABLE customer_tally (
  customer TEXT NOT NULL PRIMARY KEY,
  tally TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- How far each object has told what it redeemed of this campaign by itself.
CREATE TABLE heard (
  object TEXT NOT NULL PRIMARY KEY,
  seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Codes that nobody was given, as JSON lists in the order they are given out; the first `taken` of each are gone. A batch is
-- added once.
CREATE TABLE roll (
  n INTEGER PRIMARY KEY,
  size INTEGER NOT NULL,
  taken INTEGER NOT NULL,
  codes TEXT NOT NULL
) STRICT;
CREATE TABLE batch (
  batch TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE returned (
  code TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE publication (
  publication TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- Those that are not finished, or that copies were not told of; few. at_ms is wall time.
CREATE TABLE open_publication (
  publication TEXT NOT NULL PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  finished INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE joined (
  customer TEXT NOT NULL PRIMARY KEY,
  publication TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE source (
  source TEXT NOT NULL PRIMARY KEY,
  publication TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Which version of the campaign copies were told.
CREATE TABLE told (
  target TEXT NOT NULL PRIMARY KEY,
  seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
