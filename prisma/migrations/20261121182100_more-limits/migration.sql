-- AlterTable
ALTER TABLE "ve" ADD COLUMN     "more_limits" JSONB NOT NULL DEFAULT '{}';


