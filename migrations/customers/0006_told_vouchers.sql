-- seq: of the customer when it changed last, so that copies are told what came after a number. From before it is 0: whoever
-- is told from the beginning is told it too.
ALTER TABLE held_voucher ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE redemption ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
