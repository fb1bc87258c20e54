-- Long work of one shop. n orders jobs by arrival; cursor is where the next step goes on.
CREATE TABLE job (
  id TEXT NOT NULL PRIMARY KEY,
  n INTEGER NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
  -- 1: asked to end; it does between two steps
  cancelling INTEGER NOT NULL,
  input TEXT NOT NULL,
  cursor TEXT,
  done INTEGER NOT NULL,
  total INTEGER,
  lines INTEGER NOT NULL,
  lines_dropped INTEGER NOT NULL,
  result TEXT,
  error TEXT,
  -- failures in a row, and the earliest next try
  failures INTEGER NOT NULL,
  not_before_ms INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  started_ms INTEGER,
  ended_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX job_n ON job (n);
CREATE INDEX job_open ON job (n) WHERE ended_ms IS NULL;
CREATE INDEX job_ended ON job (ended_ms) WHERE ended_ms IS NOT NULL;

-- What a job has to report, line by line.
CREATE TABLE line (
  job TEXT NOT NULL,
  line INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (job, line)
) STRICT, WITHOUT ROWID;

-- What was uploaded for a job, in pieces; gone once the job has ended.
CREATE TABLE part (
  job TEXT NOT NULL,
  part INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (job, part)
) STRICT, WITHOUT ROWID;
