-- AlterTable
ALTER TABLE "snapshot" ADD COLUMN     "mounted_at" TEXT;


