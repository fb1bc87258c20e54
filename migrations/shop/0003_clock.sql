-- The clock of a test shop: no row while it runs with real time, one from the first time it is set.
CREATE TABLE clock (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  frozen_ms INTEGER NOT NULL
) STRICT;

-- For each object of customers when something is due there, never later than it truly is. at_ms NULL: a write is under
-- way, ask. token: of the last write that began; only it may say what is due.
CREATE TABLE clock_due (
  object TEXT NOT NULL PRIMARY KEY,
  token TEXT NOT NULL,
  at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX clock_due_at ON clock_due (at_ms, object);
