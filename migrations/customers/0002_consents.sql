-- What a customer said of each channel, as JSON; null where they never said anything.
ALTER TABLE customer ADD COLUMN consents TEXT;
-- Source -> instant of the newest whole profile it told, as JSON, so that an older one never overwrites it.
ALTER TABLE customer ADD COLUMN profiles TEXT;
