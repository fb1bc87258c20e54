-- 1: the customer was handed over or erased. The row stays with its seq, so that an older copy that comes late cannot bring it back.
ALTER TABLE profile ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
