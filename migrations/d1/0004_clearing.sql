-- Fences the deletes of a rebuild: one that D1 applies late, after the shop's epoch moved on, deletes nothing.
CREATE TABLE clearing (
  shop TEXT NOT NULL PRIMARY KEY,
  epoch INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
