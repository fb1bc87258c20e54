-- Who is handed over to whom. state: open until the survivor holds everything, then done; refused: the loser holds what a
-- browser's word may not move.
CREATE TABLE merge (
  loser TEXT NOT NULL PRIMARY KEY,
  survivor TEXT NOT NULL,
  trust TEXT NOT NULL,
  reason TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'done', 'refused'))
) STRICT, WITHOUT ROWID;
CREATE INDEX merge_survivor ON merge (survivor, state);
CREATE INDEX merge_open ON merge (at_ms) WHERE state = 'open';
CREATE INDEX customer_moved ON customer (moved_to) WHERE moved_to IS NOT NULL;
