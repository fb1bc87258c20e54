-- Redemptions, rollbacks and publications lie in the order in which they are listed, so that one costs one row. owner: the
-- customer whose object tells it; NULL: the object of its code does.
CREATE TABLE redemption_by_time (
  shop TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  redemption TEXT NOT NULL,
  seq INTEGER NOT NULL,
  owner TEXT,
  voucher TEXT NOT NULL,
  campaign TEXT,
  customer TEXT,
  failed INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (shop, at_ms, redemption)
) STRICT, WITHOUT ROWID;
INSERT INTO redemption_by_time (shop, at_ms, redemption, seq, voucher, campaign, customer, failed, body)
  SELECT shop, at_ms, redemption, seq, voucher, campaign, customer, failed, body FROM redemption;
DROP TABLE redemption;
ALTER TABLE redemption_by_time RENAME TO redemption;

CREATE TABLE rollback_by_time (
  shop TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  rollback TEXT NOT NULL,
  seq INTEGER NOT NULL,
  owner TEXT,
  voucher TEXT NOT NULL,
  campaign TEXT,
  customer TEXT,
  body TEXT NOT NULL,
  PRIMARY KEY (shop, at_ms, rollback)
) STRICT, WITHOUT ROWID;
INSERT INTO rollback_by_time (shop, at_ms, rollback, seq, voucher, campaign, customer, body)
  SELECT shop, at_ms, rollback, 0, body ->> 'voucher', body ->> 'campaign', body ->> 'customer', body FROM rollback;
DROP TABLE rollback;
ALTER TABLE rollback_by_time RENAME TO rollback;

CREATE TABLE publication_by_time (
  shop TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  publication TEXT NOT NULL,
  campaign TEXT,
  customer TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (shop, at_ms, publication)
) STRICT, WITHOUT ROWID;
INSERT INTO publication_by_time (shop, at_ms, publication, campaign, customer, body)
  SELECT shop, at_ms, publication, campaign, customer, body FROM publication;
DROP TABLE publication;
ALTER TABLE publication_by_time RENAME TO publication;

CREATE INDEX voucher_holder ON voucher (shop, holder, created_ms, voucher) WHERE holder IS NOT NULL;
