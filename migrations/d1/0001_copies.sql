-- Copies for lists and search. Everything here can be thrown away and told again by the objects.
CREATE TABLE shop (
  shop TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  mode TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  version INTEGER NOT NULL,
  settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE profile (
  shop TEXT NOT NULL,
  customer TEXT NOT NULL,
  seq INTEGER NOT NULL,
  user_id TEXT,
  email TEXT,
  name TEXT,
  name_key TEXT,
  phone TEXT,
  balance INTEGER NOT NULL,
  debt INTEGER NOT NULL,
  lifetime INTEGER NOT NULL,
  orders INTEGER NOT NULL,
  first_seen_ms INTEGER NOT NULL,
  last_seen_day INTEGER NOT NULL,
  PRIMARY KEY (shop, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX profile_user ON profile (shop, user_id) WHERE user_id IS NOT NULL;
CREATE INDEX profile_email ON profile (shop, email) WHERE email IS NOT NULL;
CREATE INDEX profile_name ON profile (shop, name_key) WHERE name_key IS NOT NULL;
CREATE INDEX profile_balance ON profile (shop, balance, customer);
CREATE INDEX profile_seen ON profile (shop, last_seen_day, customer);

CREATE TABLE orders (
  shop TEXT NOT NULL,
  placed_ms INTEGER NOT NULL,
  order_id TEXT NOT NULL,
  customer TEXT NOT NULL,
  seq INTEGER NOT NULL,
  name TEXT NOT NULL,
  currency TEXT NOT NULL,
  total_minor INTEGER NOT NULL,
  payment TEXT NOT NULL,
  fulfilment TEXT NOT NULL,
  points INTEGER NOT NULL,
  PRIMARY KEY (shop, order_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX orders_placed ON orders (shop, placed_ms, order_id);
