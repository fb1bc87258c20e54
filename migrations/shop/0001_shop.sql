-- Every version of the settings is kept; the newest is in force.
CREATE TABLE settings (
  version INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  who TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;

-- Keys by their SHA-256; a key itself is shown once and never stored.
CREATE TABLE api_key (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  hash TEXT NOT NULL,
  hint TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  ends_ms INTEGER
) STRICT, WITHOUT ROWID;

-- Other systems' secrets, sealed with AES-GCM.
CREATE TABLE secret (
  name TEXT NOT NULL PRIMARY KEY,
  about TEXT NOT NULL,
  sealed TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  ends_ms INTEGER
) STRICT, WITHOUT ROWID;

-- First answers of writes that carried an Idempotency-Key.
CREATE TABLE answered (
  key TEXT NOT NULL PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  status INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
