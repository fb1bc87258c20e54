-- A page of verdicts per row: one write however many events a request held.
CREATE TABLE page (
  n INTEGER PRIMARY KEY,
  verdicts INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
