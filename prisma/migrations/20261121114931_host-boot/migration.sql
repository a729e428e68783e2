-- CreateEnum
CREATE TYPE "boot_start" AS ENUM ('waiting', 'started');

-- AlterTable
ALTER TABLE "ve" ADD COLUMN     "boot_start" "boot_start";


-- What reconcilers look for: few rows, however many VEs there are.
CREATE INDEX "ve_boot_start_idx" ON "ve"("host_id") WHERE "boot_start" IS NOT NULL;
CREATE INDEX "ve_traffic_exceeded_idx" ON "ve"("id") WHERE "traffic_exceeded_at" IS NOT NULL;
