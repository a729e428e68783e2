-- By hand: Prisma's schema language has no partial indexes. Each sample of a host reads its VEs, several times a minute;
-- those that were destroyed keep their rows as history, which would make that slower for ever.
CREATE INDEX "ve_host_id_live_idx" ON "ve"("host_id") WHERE "destroyed_at" IS NULL;
