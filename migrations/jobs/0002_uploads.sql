-- A job that is still being given the file it will work on; gone once it has started, been cancelled, or waited too long.
CREATE TABLE draft (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  input TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX draft_at ON draft (at_ms);

-- The file comes in numbered parts, each kept in pieces that a row can hold. No kind of job ever used the older table.
DROP TABLE part;
CREATE TABLE part (
  job TEXT NOT NULL,
  part INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  PRIMARY KEY (job, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE piece (
  job TEXT NOT NULL,
  part INTEGER NOT NULL,
  piece INTEGER NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (job, part, piece)
) STRICT, WITHOUT ROWID;

-- Names that a job has met in its file, each with the line it met it in first; gone with the file.
CREATE TABLE met (
  job TEXT NOT NULL,
  name TEXT NOT NULL,
  line INTEGER NOT NULL,
  PRIMARY KEY (job, name)
) STRICT, WITHOUT ROWID;
