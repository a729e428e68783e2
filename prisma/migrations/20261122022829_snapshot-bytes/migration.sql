-- AlterTable
ALTER TABLE "ve" ADD COLUMN     "snapshot_bytes" BIGINT;


