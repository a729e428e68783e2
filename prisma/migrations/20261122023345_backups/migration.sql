-- CreateEnum
CREATE TYPE "backup_store_state" AS ENUM ('checking', 'ready', 'failed');

-- CreateEnum
CREATE TYPE "backup_state" AS ENUM ('creating', 'ready', 'deleting', 'failed');

-- CreateEnum
CREATE TYPE "backup_rhythm" AS ENUM ('day', 'week');

-- CreateTable
CREATE TABLE "backup_store" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "host_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "state" "backup_store_state" NOT NULL DEFAULT 'checking',
    "problem" JSONB,
    "free_bytes" BIGINT,
    "total_bytes" BIGINT,
    "seen_at" TIMESTAMPTZ(3),
    "per_ve_most" INTEGER NOT NULL,
    "bytes_most" BIGINT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "backup_store_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "backup" (
    "id" UUID NOT NULL,
    "ve_id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "store_id" UUID NOT NULL,
    "state" "backup_state" NOT NULL DEFAULT 'creating',
    "problem" JSONB,
    "bytes" BIGINT,
    "disk_bytes" BIGINT,
    "digest" TEXT,
    "settings" JSONB NOT NULL,
    "scheduled" BOOLEAN NOT NULL DEFAULT false,
    "taken_at" TIMESTAMPTZ(3),
    "verified_at" TIMESTAMPTZ(3),
    "restored_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_id" TEXT,
    "created_by_name" TEXT NOT NULL,

    CONSTRAINT "backup_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "backup_schedule" (
    "ve_id" UUID NOT NULL,
    "every" "backup_rhythm" NOT NULL,
    "weekday" INTEGER,
    "hour" INTEGER NOT NULL,
    "keep" INTEGER NOT NULL,
    "next_at" TIMESTAMPTZ(3) NOT NULL,
    "problem" JSONB,

    CONSTRAINT "backup_schedule_pkey" PRIMARY KEY ("ve_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "backup_store_name_key" ON "backup_store"("name");

-- CreateIndex
CREATE INDEX "backup_store_account_id_idx" ON "backup_store"("account_id");

-- CreateIndex
CREATE UNIQUE INDEX "backup_store_host_id_path_key" ON "backup_store"("host_id", "path");

-- CreateIndex
CREATE INDEX "backup_ve_id_created_at_idx" ON "backup"("ve_id", "created_at");

-- CreateIndex
CREATE INDEX "backup_account_id_created_at_idx" ON "backup"("account_id", "created_at");

-- CreateIndex
CREATE INDEX "backup_store_id_idx" ON "backup"("store_id");

-- CreateIndex
CREATE INDEX "backup_schedule_next_at_idx" ON "backup_schedule"("next_at");

-- AddForeignKey
ALTER TABLE "backup_store" ADD CONSTRAINT "backup_store_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backup_store" ADD CONSTRAINT "backup_store_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "host"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backup" ADD CONSTRAINT "backup_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backup" ADD CONSTRAINT "backup_ve_id_fkey" FOREIGN KEY ("ve_id") REFERENCES "ve"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backup" ADD CONSTRAINT "backup_store_id_fkey" FOREIGN KEY ("store_id") REFERENCES "backup_store"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backup_schedule" ADD CONSTRAINT "backup_schedule_ve_id_fkey" FOREIGN KEY ("ve_id") REFERENCES "ve"("id") ON DELETE CASCADE ON UPDATE CASCADE;


