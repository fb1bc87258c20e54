-- What the merchant should know; key names the occasion, so that one that is told again is kept once.
CREATE TABLE notice (
  key TEXT NOT NULL PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  about TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_at ON notice (at_ms, key);
