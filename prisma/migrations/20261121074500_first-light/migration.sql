-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "account_kind" AS ENUM ('provider', 'reseller', 'customer');

-- CreateEnum
CREATE TYPE "role" AS ENUM ('admin', 'operator', 'viewer');

-- CreateEnum
CREATE TYPE "host_status" AS ENUM ('enrolling', 'online', 'offline', 'maintenance', 'failed');

-- CreateEnum
CREATE TYPE "operation_status" AS ENUM ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'stuck');

-- CreateEnum
CREATE TYPE "step_status" AS ENUM ('waiting', 'running', 'done', 'failed', 'undoing', 'undone', 'undo-failed');

-- CreateEnum
CREATE TYPE "template_status" AS ENUM ('building', 'ready', 'failed');

-- CreateEnum
CREATE TYPE "ve_state" AS ENUM ('creating', 'stopped', 'starting', 'running', 'stopping', 'destroying', 'destroyed', 'failed');

-- CreateTable
CREATE TABLE "account" (
    "id" UUID NOT NULL,
    "kind" "account_kind" NOT NULL,
    "name" TEXT NOT NULL,
    "parent_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "membership" (
    "user_id" TEXT NOT NULL,
    "account_id" UUID NOT NULL,
    "role" "role" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "membership_pkey" PRIMARY KEY ("user_id","account_id")
);

-- CreateTable
CREATE TABLE "address_pool" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "cidr" INET NOT NULL,
    "first" INET NOT NULL,
    "last" INET NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "address_pool_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ve_address" (
    "id" UUID NOT NULL,
    "ve_id" UUID NOT NULL,
    "pool_id" UUID NOT NULL,
    "address" INET NOT NULL,
    "assigned_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "released_at" TIMESTAMPTZ(3),

    CONSTRAINT "ve_address_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "host" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "port" INTEGER NOT NULL,
    "user" TEXT NOT NULL,
    "simulated" BOOLEAN NOT NULL DEFAULT false,
    "status" "host_status" NOT NULL DEFAULT 'enrolling',
    "problem" JSONB,
    "host_key" TEXT,
    "fingerprint" TEXT,
    "facts" JSONB,
    "capabilities" JSONB,
    "facts_at" TIMESTAMPTZ(3),
    "agent_version" TEXT,
    "arch" TEXT,
    "memory_bytes" BIGINT,
    "disk_bytes" BIGINT,
    "cpus" INTEGER,
    "last_seen_at" TIMESTAMPTZ(3),
    "sample" JSONB,
    "leased_by" UUID,
    "lease_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "host_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operation" (
    "id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "status" "operation_status" NOT NULL DEFAULT 'queued',
    "title" TEXT NOT NULL,
    "input" JSONB NOT NULL,
    "sealed" BYTEA,
    "result" JSONB,
    "problem" JSONB,
    "actor_id" TEXT,
    "actor_name" TEXT NOT NULL,
    "account_id" UUID NOT NULL,
    "host_id" UUID,
    "template_id" UUID,
    "ve_id" UUID,
    "queue" TEXT NOT NULL,
    "idempotency_key" TEXT,
    "request_digest" TEXT,
    "worker_id" UUID,
    "heartbeat_at" TIMESTAMPTZ(3),
    "cancel_requested_at" TIMESTAMPTZ(3),
    "deadline_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "operation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operation_step" (
    "operation_id" UUID NOT NULL,
    "index" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "status" "step_status" NOT NULL DEFAULT 'waiting',
    "detail" TEXT,
    "output" JSONB,
    "started_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "operation_step_pkey" PRIMARY KEY ("operation_id","index")
);

-- CreateTable
CREATE TABLE "operation_log" (
    "id" BIGSERIAL NOT NULL,
    "operation_id" UUID NOT NULL,
    "step_index" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "line" TEXT NOT NULL,

    CONSTRAINT "operation_log_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "template" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "arch" TEXT NOT NULL,
    "definition" JSONB NOT NULL,
    "status" "template_status" NOT NULL DEFAULT 'building',
    "problem" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "template_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "template_cache" (
    "template_id" UUID NOT NULL,
    "host_id" UUID NOT NULL,
    "cache" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "disk_bytes" BIGINT NOT NULL,
    "packages" INTEGER NOT NULL,
    "built_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "template_cache_pkey" PRIMARY KEY ("template_id","host_id")
);

-- CreateTable
CREATE TABLE "user" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_verified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "user_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "identity" (
    "id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "access_token" TEXT,
    "refresh_token" TEXT,
    "id_token" TEXT,
    "access_token_expires_at" TIMESTAMPTZ(3),
    "refresh_token_expires_at" TIMESTAMPTZ(3),
    "scope" TEXT,
    "password" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "identity_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ve" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "host_id" UUID NOT NULL,
    "template_id" UUID NOT NULL,
    "veid" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "hostname" TEXT NOT NULL,
    "arch" TEXT NOT NULL,
    "state" "ve_state" NOT NULL DEFAULT 'creating',
    "problem" JSONB,
    "epoch" INTEGER NOT NULL DEFAULT 1,
    "id_base" BIGINT NOT NULL,
    "storage" TEXT NOT NULL,
    "disk_bytes" BIGINT NOT NULL,
    "memory_bytes" BIGINT NOT NULL,
    "swap_bytes" BIGINT NOT NULL,
    "processes" INTEGER NOT NULL,
    "cpu_units" INTEGER NOT NULL,
    "cpu_limit_percent" INTEGER,
    "dns_servers" TEXT[],
    "search_domains" TEXT[],
    "ssh_keys" TEXT[],
    "observed" JSONB,
    "observed_at" TIMESTAMPTZ(3),
    "started_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "destroyed_at" TIMESTAMPTZ(3),

    CONSTRAINT "ve_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "worker" (
    "id" UUID NOT NULL,
    "pid" INTEGER NOT NULL,
    "machine" TEXT NOT NULL,
    "runner_ids" TEXT[],
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "heartbeat_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "stopped_at" TIMESTAMPTZ(3),

    CONSTRAINT "worker_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sealing_key" (
    "id" TEXT NOT NULL,
    "public_key" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sealing_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "setup_step" (
    "key" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "label" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "detail" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "setup_step_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "account_parent_id_idx" ON "account"("parent_id");

-- CreateIndex
CREATE INDEX "membership_account_id_idx" ON "membership"("account_id");

-- CreateIndex
CREATE UNIQUE INDEX "address_pool_name_key" ON "address_pool"("name");

-- CreateIndex
CREATE INDEX "ve_address_ve_id_idx" ON "ve_address"("ve_id");

-- CreateIndex
CREATE INDEX "ve_address_pool_id_idx" ON "ve_address"("pool_id");

-- CreateIndex
CREATE UNIQUE INDEX "host_name_key" ON "host"("name");

-- CreateIndex
CREATE INDEX "host_status_idx" ON "host"("status");

-- CreateIndex
CREATE INDEX "operation_status_idx" ON "operation"("status");

-- CreateIndex
CREATE INDEX "operation_ve_id_created_at_idx" ON "operation"("ve_id", "created_at");

-- CreateIndex
CREATE INDEX "operation_host_id_created_at_idx" ON "operation"("host_id", "created_at");

-- CreateIndex
CREATE INDEX "operation_template_id_created_at_idx" ON "operation"("template_id", "created_at");

-- CreateIndex
CREATE INDEX "operation_created_at_idx" ON "operation"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "operation_actor_id_idempotency_key_key" ON "operation"("actor_id", "idempotency_key");

-- CreateIndex
CREATE INDEX "operation_log_operation_id_id_idx" ON "operation_log"("operation_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "template_name_key" ON "template"("name");

-- CreateIndex
CREATE INDEX "template_cache_host_id_idx" ON "template_cache"("host_id");

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");

-- CreateIndex
CREATE UNIQUE INDEX "session_token_key" ON "session"("token");

-- CreateIndex
CREATE INDEX "session_user_id_idx" ON "session"("user_id");

-- CreateIndex
CREATE INDEX "identity_user_id_idx" ON "identity"("user_id");

-- CreateIndex
CREATE INDEX "verification_identifier_idx" ON "verification"("identifier");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_digest_key" ON "api_key"("digest");

-- CreateIndex
CREATE INDEX "api_key_user_id_idx" ON "api_key"("user_id");

-- CreateIndex
CREATE INDEX "ve_account_id_idx" ON "ve"("account_id");

-- CreateIndex
CREATE INDEX "ve_host_id_idx" ON "ve"("host_id");

-- CreateIndex
CREATE INDEX "ve_template_id_idx" ON "ve"("template_id");

-- CreateIndex
CREATE INDEX "ve_state_idx" ON "ve"("state");

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ve_address" ADD CONSTRAINT "ve_address_ve_id_fkey" FOREIGN KEY ("ve_id") REFERENCES "ve"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ve_address" ADD CONSTRAINT "ve_address_pool_id_fkey" FOREIGN KEY ("pool_id") REFERENCES "address_pool"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "host" ADD CONSTRAINT "host_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operation" ADD CONSTRAINT "operation_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operation" ADD CONSTRAINT "operation_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "host"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operation" ADD CONSTRAINT "operation_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "template"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operation" ADD CONSTRAINT "operation_ve_id_fkey" FOREIGN KEY ("ve_id") REFERENCES "ve"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operation_step" ADD CONSTRAINT "operation_step_operation_id_fkey" FOREIGN KEY ("operation_id") REFERENCES "operation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operation_log" ADD CONSTRAINT "operation_log_operation_id_fkey" FOREIGN KEY ("operation_id") REFERENCES "operation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "template" ADD CONSTRAINT "template_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "template_cache" ADD CONSTRAINT "template_cache_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "template"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "template_cache" ADD CONSTRAINT "template_cache_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "host"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "identity" ADD CONSTRAINT "identity_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ve" ADD CONSTRAINT "ve_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ve" ADD CONSTRAINT "ve_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "host"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ve" ADD CONSTRAINT "ve_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "template"("id") ON DELETE RESTRICT ON UPDATE CASCADE;



-- By hand: Prisma's schema language has no partial indexes. What is destroyed or given back keeps its row as
-- history and gives up its number, name and address.
CREATE UNIQUE INDEX "ve_veid_live_key" ON "ve"("veid") WHERE "destroyed_at" IS NULL;
CREATE UNIQUE INDEX "ve_id_base_live_key" ON "ve"("id_base") WHERE "destroyed_at" IS NULL;
CREATE UNIQUE INDEX "ve_account_id_name_live_key" ON "ve"("account_id", "name") WHERE "destroyed_at" IS NULL;
CREATE UNIQUE INDEX "ve_address_address_held_key" ON "ve_address"("address") WHERE "released_at" IS NULL;
