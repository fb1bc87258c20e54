-- Which segments and lists a customer is in, since when, and when that changes by itself: JSON beside the balance, so that a
-- change of it writes no row of its own. No object ever used the older table.
ALTER TABLE customer ADD COLUMN segments TEXT;
ALTER TABLE customer ADD COLUMN lists TEXT;
ALTER TABLE customer ADD COLUMN segments_version INTEGER NOT NULL DEFAULT 0;
DROP TABLE membership;

-- When the next points run out; next_due_ms is the earliest of this and what the segments wait for.
ALTER TABLE customer ADD COLUMN lots_due_ms INTEGER;
UPDATE customer SET lots_due_ms = next_due_ms WHERE next_due_ms IS NOT NULL;

-- A customer's number in this object, from 1.
ALTER TABLE customer ADD COLUMN no INTEGER;
UPDATE customer SET no = numbered.no
  FROM (SELECT customer AS id, ROW_NUMBER() OVER (ORDER BY customer) AS no FROM customer) numbered WHERE id = customer;

-- The journal again, its rows in the order of customers: n is the customer's number times 2^27, plus seq, so that a
-- customer's rows lie together and need no index to be found. (2^27 rows are more than an object can hold.)
-- rank: whose word an event is, for conditions: 1 a server's (and ours), 0 a browser's, 2 of a source that does not own what
-- it tells of, which counts for nothing.
CREATE TABLE journal_by_customer (
  n INTEGER PRIMARY KEY,
  customer TEXT NOT NULL,
  seq INTEGER NOT NULL CHECK (seq > 0 AND seq < 134217728),
  kind TEXT NOT NULL,
  name TEXT,
  at_ms INTEGER NOT NULL,
  recorded_ms INTEGER NOT NULL,
  key TEXT,
  order_id TEXT,
  points INTEGER,
  programme INTEGER NOT NULL,
  entries TEXT,
  about TEXT NOT NULL,
  rank INTEGER GENERATED ALWAYS AS (
    CASE WHEN kind <> 'event' THEN 1 WHEN about ->> 'aside' = 1 THEN 2 WHEN about ->> 'trust' = 'server' THEN 1 ELSE 0 END
  ) VIRTUAL
) STRICT;
INSERT INTO journal_by_customer
  (n, customer, seq, kind, name, at_ms, recorded_ms, key, order_id, points, programme, entries, about)
  SELECT c.no * 134217728 + j.seq, j.customer, j.seq, j.kind, j.name, j.at_ms, j.recorded_ms, j.key, j.order_id, j.points,
    j.programme, j.entries, j.about
  FROM journal j JOIN customer c ON c.customer = j.customer;
DROP TABLE journal;
ALTER TABLE journal_by_customer RENAME TO journal;
CREATE INDEX journal_points ON journal (customer, seq) WHERE points IS NOT NULL;
-- What somebody did, by name and its own time: the one index that segments read.
CREATE INDEX journal_event ON journal (customer, name, rank, at_ms) WHERE name IS NOT NULL AND kind <> 'event.failed';

-- n is an instant now: everything decided before it was told. Whatever is recorded from it on is looked through after a start.
UPDATE told SET n = 0;
