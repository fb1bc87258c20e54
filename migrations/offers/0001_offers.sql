-- What a shop's campaigns share. A name stays taken while its campaign lies in the bin.
CREATE TABLE campaign (
  id TEXT NOT NULL PRIMARY KEY,
  name_key TEXT NOT NULL,
  name TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX campaign_name ON campaign (name_key);

-- Validation rules; n is the order in which they were made.
CREATE TABLE rule (
  id TEXT NOT NULL PRIMARY KEY,
  n INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Patterns of codes that carry their own check, the lengths of those that do not, how vouchers may be joined.
CREATE TABLE setting (
  name TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
