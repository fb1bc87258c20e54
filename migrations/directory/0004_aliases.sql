-- Mailboxes under one spelling (tags and the dots of Gmail left out), of e-mails that are spelled otherwise: read for
-- referrals, where nobody is to bring themselves. It never says who anybody is.
CREATE TABLE mail_alias (
  alias TEXT NOT NULL PRIMARY KEY,
  customer TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_alias_customer ON mail_alias (customer);
