-- Segments and lists: the newest of each. n orders them by birth.
CREATE TABLE segment (
  id TEXT NOT NULL PRIMARY KEY,
  n INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX segment_n ON segment (n);

CREATE TABLE list (
  id TEXT NOT NULL PRIMARY KEY,
  n INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX list_n ON list (n);
