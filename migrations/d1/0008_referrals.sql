-- Who referred whom and what became of it, as the referrer's object keeps it; customer: the referrer. reasons is JSON.
CREATE TABLE referral (
  shop TEXT NOT NULL,
  referral TEXT NOT NULL,
  customer TEXT NOT NULL,
  friend TEXT NOT NULL,
  seq INTEGER NOT NULL,
  status TEXT NOT NULL,
  reasons TEXT NOT NULL,
  flagged INTEGER NOT NULL,
  started_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL,
  PRIMARY KEY (shop, referral)
) STRICT, WITHOUT ROWID;
CREATE INDEX referral_started ON referral (shop, started_ms, referral);
CREATE INDEX referral_status ON referral (shop, status, started_ms, referral);
