-- Sums that a job carries along while it reads a file without doing anything; gone with the file.
CREATE TABLE figure (
  job TEXT NOT NULL,
  name TEXT NOT NULL,
  value INTEGER NOT NULL,
  PRIMARY KEY (job, name)
) STRICT, WITHOUT ROWID;

-- The key that somebody gave a file, and a hash of the file it was first given to.
CREATE TABLE file_key (
  key TEXT NOT NULL PRIMARY KEY,
  file TEXT NOT NULL
) STRICT, WITHOUT ROWID;
