-- Customers who are erased, each with who has forgotten them already. erased_ms: what occurred before is dropped; NULL while
-- somebody is on the way to them. next_ms is wall time; NULL: it is done. late: events of theirs that were dropped since.
CREATE TABLE erasure (
  erasure TEXT NOT NULL PRIMARY KEY,
  customer TEXT NOT NULL,
  requested_ms INTEGER NOT NULL,
  erased_ms INTEGER,
  finished_ms INTEGER,
  failures INTEGER NOT NULL,
  next_ms INTEGER,
  done TEXT NOT NULL,
  late INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX erasure_customer ON erasure (customer);
CREATE INDEX erasure_open ON erasure (next_ms) WHERE next_ms IS NOT NULL;
CREATE INDEX erasure_requested ON erasure (requested_ms, erasure);

-- While one is going: the ids to erase, each with the random subject that amounts stay under, and what named them. Gone with
-- its end, so that nothing leads from one to the other.
CREATE TABLE erasing (
  customer TEXT NOT NULL PRIMARY KEY,
  erasure TEXT NOT NULL,
  subject TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE erasing_name (
  erasure TEXT NOT NULL,
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (erasure, kind, value)
) STRICT, WITHOUT ROWID;

-- What named them, as keyed hashes.
CREATE TABLE erased_name (
  hash TEXT NOT NULL PRIMARY KEY,
  erasure TEXT NOT NULL,
  erased_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The last events of theirs that came too late, for the merchant's books.
CREATE TABLE late_event (
  erasure TEXT NOT NULL,
  n INTEGER NOT NULL,
  name TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  recorded_ms INTEGER NOT NULL,
  PRIMARY KEY (erasure, n)
) STRICT, WITHOUT ROWID;
