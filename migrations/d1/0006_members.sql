-- Who is in which segment, and on which list, since when; target: the id of either.
CREATE TABLE member (
  shop TEXT NOT NULL,
  customer TEXT NOT NULL,
  target TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  PRIMARY KEY (shop, customer, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_since ON member (shop, target, since_ms, customer);
