-- What lies, or lay, in each share of the budget; `seen` tells which operations that share decided. No rows while one object
-- answers for all of it.
CREATE TABLE share (
  share INTEGER PRIMARY KEY,
  body TEXT NOT NULL,
  seen BLOB
) STRICT;

-- In the object of a share: what it may give away by itself, and which operations were decided before it was opened.
CREATE TABLE part (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  body TEXT NOT NULL,
  seen BLOB
) STRICT;
