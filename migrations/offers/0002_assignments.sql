-- Which rule was assigned to which voucher or campaign. These name their rules themselves; this is the list of it.
CREATE TABLE assignment (
  id TEXT NOT NULL PRIMARY KEY,
  rule TEXT NOT NULL,
  kind TEXT NOT NULL,
  object TEXT NOT NULL,
  code TEXT,
  created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX assignment_rule ON assignment (rule, created_ms, id);
CREATE INDEX assignment_object ON assignment (object, created_ms, id);
