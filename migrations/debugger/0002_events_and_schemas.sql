-- What was kept before held verdicts alone; it is a log of the last minutes, and starts anew.
DROP TABLE page;

-- Some events per row: one write however many a flush held. `last` is the number of its last event.
-- heads: JSON to list and filter by (null: forgotten). bodies: raw and stored forms, one after the other; heads say how long.
CREATE TABLE page (
  last INTEGER PRIMARY KEY,
  events INTEGER NOT NULL,
  heads TEXT NOT NULL,
  bodies TEXT NOT NULL
) STRICT;

-- What the events of a name look like, by source and by how far it is trusted.
CREATE TABLE event_schema (
  n INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  trust TEXT NOT NULL,
  name TEXT NOT NULL,
  events INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  drift INTEGER NOT NULL,
  body TEXT NOT NULL,
  sample TEXT,
  sample_customer TEXT
) STRICT;
CREATE UNIQUE INDEX event_schema_name ON event_schema (source, trust, name);

-- Events of names that came after the list was full.
CREATE TABLE unnamed (
  id INTEGER PRIMARY KEY CHECK (id = 0),
  events INTEGER NOT NULL
) STRICT;
