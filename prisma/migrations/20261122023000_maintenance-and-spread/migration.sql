-- AlterTable
ALTER TABLE "host" ADD COLUMN     "maintenance_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "ve" ADD COLUMN     "spread_group" TEXT;

-- Those of one group are looked for whenever one of them is placed.
CREATE INDEX "ve_account_id_spread_group_idx" ON "ve"("account_id", "spread_group");
