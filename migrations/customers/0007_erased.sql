-- What is left of customers who were erased until others have it: vouchers as they go back to their codes, uses and
-- publications that others keep, by kind. kind 'redemption' stays: in whose keeping it is by now.
CREATE TABLE erased_thing (
  customer TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (customer, kind, id)
) STRICT, WITHOUT ROWID;
