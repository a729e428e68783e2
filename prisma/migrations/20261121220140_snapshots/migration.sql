-- CreateEnum
CREATE TYPE "snapshot_state" AS ENUM ('creating', 'ready', 'deleting', 'failed');

-- CreateTable
CREATE TABLE "snapshot" (
    "id" UUID NOT NULL,
    "ve_id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "memory" BOOLEAN NOT NULL,
    "state" "snapshot_state" NOT NULL DEFAULT 'creating',
    "problem" JSONB,
    "bytes" BIGINT,
    "limits" JSONB NOT NULL,
    "parent_id" UUID,
    "taken_at" TIMESTAMPTZ(3),
    "rolled_back_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" TEXT,
    "created_by_name" TEXT NOT NULL,

    CONSTRAINT "snapshot_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "snapshot_ve_id_created_at_idx" ON "snapshot"("ve_id", "created_at");

-- CreateIndex
CREATE INDEX "snapshot_account_id_created_at_idx" ON "snapshot"("account_id", "created_at");

-- CreateIndex
CREATE INDEX "snapshot_parent_id_idx" ON "snapshot"("parent_id");

-- CreateIndex
CREATE UNIQUE INDEX "snapshot_ve_id_name_key" ON "snapshot"("ve_id", "name");

-- AddForeignKey
ALTER TABLE "snapshot" ADD CONSTRAINT "snapshot_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "snapshot" ADD CONSTRAINT "snapshot_ve_id_fkey" FOREIGN KEY ("ve_id") REFERENCES "ve"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "snapshot" ADD CONSTRAINT "snapshot_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "snapshot"("id") ON DELETE SET NULL ON UPDATE CASCADE;


