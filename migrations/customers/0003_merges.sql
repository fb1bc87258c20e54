-- Whom a customer took over; written in the transaction that took them over, so that it happens once.
CREATE TABLE adopted (
  loser TEXT NOT NULL PRIMARY KEY,
  customer TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Journal rows and orders of a customer who is moving here and has more of them than one call carries; empty otherwise.
CREATE TABLE arriving (
  loser TEXT NOT NULL,
  seq INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (loser, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE arriving_order (
  loser TEXT NOT NULL,
  order_id TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (loser, order_id)
) STRICT, WITHOUT ROWID;
