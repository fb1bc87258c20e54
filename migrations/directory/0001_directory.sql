CREATE TABLE identifier (
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  customer TEXT NOT NULL,
  trust TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX identifier_customer ON identifier (customer, kind);

-- The only complete list of customers. moved_to: handed over, and to whom.
CREATE TABLE customer (
  customer TEXT NOT NULL PRIMARY KEY,
  born_ms INTEGER NOT NULL,
  moved_to TEXT
) STRICT, WITHOUT ROWID;
