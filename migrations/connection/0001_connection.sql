-- What has to be told, until it is and a while after. n: the order in which it was heard of.
-- lane: 1 while it waits for its turn among the customer's; the first of them is tried at next_ms, the others have none.
CREATE TABLE delivery (
  n INTEGER PRIMARY KEY,
  customer TEXT NOT NULL,
  seq INTEGER NOT NULL,
  effect INTEGER NOT NULL,
  type TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'failed', 'succeeded', 'dead')),
  lane INTEGER NOT NULL,
  next_ms INTEGER,
  told_ms INTEGER NOT NULL,
  -- attempts by its present schedule, and in all
  tries INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  last_ms INTEGER,
  status INTEGER,
  error TEXT
) STRICT;
CREATE UNIQUE INDEX delivery_event ON delivery (customer, seq, effect);
CREATE INDEX delivery_lane ON delivery (customer, seq, effect) WHERE lane = 1;
CREATE INDEX delivery_next ON delivery (next_ms) WHERE next_ms IS NOT NULL;
CREATE INDEX delivery_state ON delivery (state, n) WHERE state <> 'succeeded';

-- Since when there was nothing but failures; no row while all is well.
CREATE TABLE failing (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  since_ms INTEGER NOT NULL
) STRICT;
