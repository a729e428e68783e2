-- DropForeignKey
ALTER TABLE "ve_address" DROP CONSTRAINT "ve_address_pool_id_fkey";

-- DropIndex
DROP INDEX "ve_address_address_idx";

-- DropIndex
DROP INDEX "ve_address_pool_id_idx";

-- DropIndex
DROP INDEX "ve_address_ve_id_idx";

-- AlterTable
ALTER TABLE "ve_address" ALTER COLUMN "pool_id" DROP NOT NULL;

-- CreateIndex
CREATE INDEX "ve_address_ve_id_assigned_at_id_idx" ON "ve_address"("ve_id", "assigned_at", "id");

-- CreateIndex
CREATE INDEX "ve_address_pool_id_assigned_at_id_idx" ON "ve_address"("pool_id", "assigned_at", "id");

-- CreateIndex
CREATE INDEX "ve_address_address_assigned_at_id_idx" ON "ve_address"("address", "assigned_at", "id");

-- CreateIndex
CREATE INDEX "ve_address_assigned_at_id_idx" ON "ve_address"("assigned_at", "id");

-- AddForeignKey
ALTER TABLE "ve_address" ADD CONSTRAINT "ve_address_pool_id_fkey" FOREIGN KEY ("pool_id") REFERENCES "address_pool"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- By hand: how much of a pool is given out is asked far more often than who had it once.
CREATE INDEX "ve_address_pool_id_live_idx" ON "ve_address"("pool_id") WHERE "released_at" IS NULL;
