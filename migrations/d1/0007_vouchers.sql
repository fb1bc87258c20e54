-- Campaigns, vouchers and what was done with them, for lists. body is JSON as the owner keeps it.
CREATE TABLE campaign (
  shop TEXT NOT NULL,
  campaign TEXT NOT NULL,
  version INTEGER NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  benefit TEXT NOT NULL,
  active INTEGER NOT NULL,
  archived INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (shop, campaign)
) STRICT, WITHOUT ROWID;
CREATE INDEX campaign_created ON campaign (shop, created_ms, campaign);

-- A voucher changes its owner at most once in a while: what a later one (rank) tells counts more, then what has the higher
-- seq. body NULL: nothing ever happened to it, and it is as its campaign says.
CREATE TABLE voucher (
  shop TEXT NOT NULL,
  voucher TEXT NOT NULL,
  rank INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  code TEXT NOT NULL,
  code_key TEXT NOT NULL,
  campaign TEXT,
  holder TEXT,
  state TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  gone INTEGER NOT NULL,
  body TEXT,
  PRIMARY KEY (shop, voucher)
) STRICT, WITHOUT ROWID;
CREATE INDEX voucher_created ON voucher (shop, created_ms, voucher);
CREATE INDEX voucher_campaign ON voucher (shop, campaign, created_ms, voucher) WHERE campaign IS NOT NULL;
CREATE INDEX voucher_code ON voucher (shop, code_key);

CREATE TABLE redemption (
  shop TEXT NOT NULL,
  redemption TEXT NOT NULL,
  seq INTEGER NOT NULL,
  voucher TEXT NOT NULL,
  campaign TEXT,
  customer TEXT,
  at_ms INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (shop, redemption)
) STRICT, WITHOUT ROWID;
CREATE INDEX redemption_at ON redemption (shop, at_ms, redemption);
CREATE INDEX redemption_voucher ON redemption (shop, voucher, at_ms, redemption);

CREATE TABLE rollback (
  shop TEXT NOT NULL,
  rollback TEXT NOT NULL,
  redemption TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (shop, rollback)
) STRICT, WITHOUT ROWID;
CREATE INDEX rollback_at ON rollback (shop, at_ms, rollback);

CREATE TABLE publication (
  shop TEXT NOT NULL,
  publication TEXT NOT NULL,
  campaign TEXT,
  customer TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (shop, publication)
) STRICT, WITHOUT ROWID;
CREATE INDEX publication_at ON publication (shop, at_ms, publication);
