-- Who did something how often lately. subject is a keyed hash, so that no address and no name is kept; marks is JSON, the
-- oldest first: [instant, operation or null]. After until_ms the row says nothing and is taken away.
CREATE TABLE subject (
  subject TEXT NOT NULL PRIMARY KEY,
  until_ms INTEGER NOT NULL,
  marks TEXT NOT NULL
) STRICT, WITHOUT ROWID;
