-- By hand: what of a pool is held, in order, so that the lowest free one is found at the first gap; also for counting.
DROP INDEX "ve_address_pool_id_live_idx";
CREATE INDEX "ve_address_pool_id_address_live_idx" ON "ve_address"("pool_id", "address") WHERE "released_at" IS NULL;
