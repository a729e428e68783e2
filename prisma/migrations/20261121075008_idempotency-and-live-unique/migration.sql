-- DropIndex
DROP INDEX "operation_actor_id_idempotency_key_key";

-- AlterTable
ALTER TABLE "operation" DROP COLUMN "idempotency_key",
DROP COLUMN "request_digest";

-- CreateTable
CREATE TABLE "idempotency_key" (
    "actor_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "body" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("actor_id","key")
);

-- CreateIndex
CREATE INDEX "idempotency_key_created_at_idx" ON "idempotency_key"("created_at");

-- By hand, as in the first migration: names that differ only in letter case would be told apart by nobody, and of the
-- operations on a VE one runs at a time, whatever the queue does.
DROP INDEX "ve_account_id_name_live_key";
CREATE UNIQUE INDEX "ve_account_id_name_live_key" ON "ve"("account_id", lower("name")) WHERE "destroyed_at" IS NULL;
CREATE UNIQUE INDEX "operation_ve_id_running_key" ON "operation"("ve_id") WHERE "status" = 'running';
