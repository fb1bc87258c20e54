-- Requests for a person's data or its erasure, each once, until and after they are carried out.
CREATE TABLE privacy_request (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  received_ms INTEGER NOT NULL,
  due_ms INTEGER NOT NULL,
  state TEXT NOT NULL,
  finished_ms INTEGER,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX privacy_request_received ON privacy_request (received_ms, id);
