-- Points for somebody whom nobody has seen yet: no object is made for them until one of their names becomes a customer's.
-- state: waiting; claimed by a customer and not known to be credited; credited; withdrawn by whoever undid the import; void:
-- they ran out while they waited, or the ledger refused them. Of what waits no more only that it was there stays.
CREATE TABLE opening (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'claimed', 'credited', 'withdrawn', 'void')),
  customer TEXT,
  points INTEGER NOT NULL,
  expires_ms INTEGER,
  at_ms INTEGER NOT NULL,
  -- the import and its line
  source TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX opening_id ON opening (id);
CREATE INDEX opening_open ON opening (n) WHERE state IN ('waiting', 'claimed');
CREATE INDEX opening_claimed ON opening (customer, n) WHERE state = 'claimed';

-- Whom they are for, as long as they wait.
CREATE TABLE opening_name (
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  opening INTEGER NOT NULL,
  PRIMARY KEY (kind, value, opening)
) STRICT, WITHOUT ROWID;
CREATE INDEX opening_name_opening ON opening_name (opening);
