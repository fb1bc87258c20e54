-- Which segments and lists a customer is in, since when, and when that changes by itself: JSON beside the balance, so that a
-- change of it writes no row of its own. No object ever used the older table.
ALTER TABLE customer ADD COLUMN segments TEXT;
ALTER TABLE customer ADD COLUMN lists TEXT;
ALTER TABLE customer ADD COLUMN segments_version INTEGER NOT NULL DEFAULT 0;
DROP TABLE membership;

-- When the next points run out; next_due_ms is the earliest of this and what the segments wait for.
ALTER TABLE customer ADD COLUMN lots_due_ms INTEGER;
UPDATE customer SET lots_due_ms = next_due_ms WHERE next_due_ms IS NOT NULL;

-- Whose word an event is, for conditions: 1 a server's (and ours), 0 a browser's, 2 of a source that does not own what it
-- tells of, which counts for nothing.
ALTER TABLE journal ADD COLUMN rank INTEGER GENERATED ALWAYS AS (
  CASE WHEN kind <> 'event' THEN 1 WHEN about ->> 'aside' = 1 THEN 2 WHEN about ->> 'trust' = 'server' THEN 1 ELSE 0 END
) VIRTUAL;
-- What somebody did, by name and its own time: the one index that segments read.
CREATE INDEX journal_event ON journal (customer, name, rank, at_ms) WHERE name IS NOT NULL AND kind <> 'event.failed';
