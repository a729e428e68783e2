-- CreateEnum
CREATE TYPE "terminal_kind" AS ENUM ('console', 'boot-log');

-- CreateEnum
CREATE TYPE "interface_kind" AS ENUM ('routed', 'bridged');

-- CreateEnum
CREATE TYPE "ve_kind" AS ENUM ('system', 'application');

-- CreateEnum
CREATE TYPE "suspend_reason" AS ENUM ('payment', 'abuse', 'traffic', 'request', 'other');

-- CreateEnum
CREATE TYPE "traffic_action" AS ENUM ('throttle', 'suspend');

-- AlterTable
ALTER TABLE "address_pool" ADD COLUMN     "bridge" TEXT,
ADD COLUMN     "delegates" INTEGER,
ADD COLUMN     "gateway" INET,
ADD COLUMN     "kind" "interface_kind" NOT NULL DEFAULT 'routed',
ADD COLUMN     "vlan" INTEGER;

-- AlterTable
ALTER TABLE "host" ADD COLUMN     "boot_seen" TEXT,
ADD COLUMN     "group_id" UUID;

-- AlterTable
ALTER TABLE "ve" ADD COLUMN     "application" JSONB,
ADD COLUMN     "boot_order" INTEGER NOT NULL DEFAULT 100,
ADD COLUMN     "description" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "devices" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "features" JSONB NOT NULL DEFAULT '{"nesting":false,"fuse":false,"tun":false,"capabilities":[],"nfs":[]}',
ADD COLUMN     "firewall" JSONB NOT NULL DEFAULT '{"enabled":false,"policyIn":"accept","policyOut":"accept","entries":[]}',
ADD COLUMN     "kind" "ve_kind" NOT NULL DEFAULT 'system',
ADD COLUMN     "namespaces" TEXT[] DEFAULT ARRAY['pid', 'ipc', 'uts', 'network', 'user', 'cgroup']::TEXT[],
ADD COLUMN     "network_devices" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "notes" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "start_on_boot" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "suspend_note" TEXT,
ADD COLUMN     "suspend_reason" "suspend_reason",
ADD COLUMN     "suspended_at" TIMESTAMPTZ(3),
ADD COLUMN     "suspended_running" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "traffic_action" "traffic_action" NOT NULL DEFAULT 'throttle',
ADD COLUMN     "traffic_exceeded_at" TIMESTAMPTZ(3),
ADD COLUMN     "traffic_limit_bytes" BIGINT,
ADD COLUMN     "traffic_reset_day" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "traffic_throttle_bits" BIGINT NOT NULL DEFAULT 1000000;

-- AlterTable
ALTER TABLE "worker" ADD COLUMN     "terminal_address" TEXT;

-- CreateTable
CREATE TABLE "address_pool_host" (
    "pool_id" UUID NOT NULL,
    "host_id" UUID NOT NULL,

    CONSTRAINT "address_pool_host_pkey" PRIMARY KEY ("pool_id","host_id")
);

-- CreateTable
CREATE TABLE "address_pool_group" (
    "pool_id" UUID NOT NULL,
    "group_id" UUID NOT NULL,

    CONSTRAINT "address_pool_group_pkey" PRIMARY KEY ("pool_id","group_id")
);

-- CreateTable
CREATE TABLE "audit_event" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_id" TEXT,
    "actor_name" TEXT NOT NULL,
    "account_id" UUID NOT NULL,
    "action" TEXT NOT NULL,
    "ve_id" UUID,
    "host_id" UUID,
    "subject" TEXT NOT NULL,
    "details" JSONB NOT NULL DEFAULT '{}',
    "ip_address" TEXT,

    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "terminal" (
    "id" UUID NOT NULL,
    "ve_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "session_id" TEXT NOT NULL,
    "kind" "terminal_kind" NOT NULL,
    "ticket_digest" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "worker_id" UUID,
    "opened_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "closed_for" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "terminal_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "host_group" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "host_group_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ve_interface" (
    "id" UUID NOT NULL,
    "ve_id" UUID NOT NULL,
    "index" INTEGER NOT NULL,
    "kind" "interface_kind" NOT NULL,
    "ifname" TEXT NOT NULL,
    "mac" TEXT,
    "bridge" TEXT,
    "vlan" INTEGER,
    "networks" TEXT[],
    "gateway4" TEXT,
    "gateway6" TEXT,
    "rate_in_bits" BIGINT,
    "rate_out_bits" BIGINT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "ve_interface_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "firewall_set" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "rules" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "firewall_set_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ve_firewall_set" (
    "ve_id" UUID NOT NULL,
    "set_id" UUID NOT NULL,

    CONSTRAINT "ve_firewall_set_pkey" PRIMARY KEY ("ve_id","set_id")
);

-- CreateTable
CREATE TABLE "ve_traffic" (
    "ve_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "in_bytes" BIGINT NOT NULL DEFAULT 0,
    "out_bytes" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "ve_traffic_pkey" PRIMARY KEY ("ve_id","day")
);

-- CreateTable
CREATE TABLE "ve_traffic_reading" (
    "ve_id" UUID NOT NULL,
    "host_id" UUID NOT NULL,
    "reading" JSONB NOT NULL,

    CONSTRAINT "ve_traffic_reading_pkey" PRIMARY KEY ("ve_id","host_id")
);

-- By hand: every VE so far has the one routed interface that its addresses were on.
ALTER TABLE "ve_address" ADD COLUMN "interface_id" UUID;
INSERT INTO "ve_interface" ("id", "ve_id", "index", "kind", "ifname", "networks", "created_at", "removed_at")
    SELECT gen_random_uuid(), "id", 0, 'routed', 'eth0', ARRAY[]::TEXT[], "created_at", "destroyed_at" FROM "ve";
UPDATE "ve_address" SET "interface_id" = "ve_interface"."id"
    FROM "ve_interface" WHERE "ve_interface"."ve_id" = "ve_address"."ve_id";
ALTER TABLE "ve_address" ALTER COLUMN "interface_id" SET NOT NULL;

-- By hand: among interfaces that are there, an index, a name and a hardware address are given once.
CREATE UNIQUE INDEX "ve_interface_index_live_key" ON "ve_interface"("ve_id", "index") WHERE "removed_at" IS NULL;
CREATE UNIQUE INDEX "ve_interface_ifname_live_key" ON "ve_interface"("ve_id", "ifname") WHERE "removed_at" IS NULL;
CREATE UNIQUE INDEX "ve_interface_mac_live_key" ON "ve_interface"("mac") WHERE "removed_at" IS NULL;

-- CreateIndex
CREATE INDEX "address_pool_host_host_id_idx" ON "address_pool_host"("host_id");

-- CreateIndex
CREATE INDEX "address_pool_group_group_id_idx" ON "address_pool_group"("group_id");

-- CreateIndex
CREATE INDEX "audit_event_account_id_at_idx" ON "audit_event"("account_id", "at");

-- CreateIndex
CREATE INDEX "audit_event_ve_id_at_idx" ON "audit_event"("ve_id", "at");

-- CreateIndex
CREATE INDEX "audit_event_at_idx" ON "audit_event"("at");

-- CreateIndex
CREATE UNIQUE INDEX "terminal_ticket_digest_key" ON "terminal"("ticket_digest");

-- CreateIndex
CREATE INDEX "terminal_ve_id_idx" ON "terminal"("ve_id");

-- CreateIndex
CREATE INDEX "terminal_session_id_idx" ON "terminal"("session_id");

-- CreateIndex
CREATE UNIQUE INDEX "host_group_name_key" ON "host_group"("name");

-- CreateIndex
CREATE INDEX "ve_interface_ve_id_idx" ON "ve_interface"("ve_id");

-- CreateIndex
CREATE UNIQUE INDEX "firewall_set_account_id_name_key" ON "firewall_set"("account_id", "name");

-- CreateIndex
CREATE INDEX "ve_firewall_set_set_id_idx" ON "ve_firewall_set"("set_id");

-- CreateIndex
CREATE INDEX "ve_traffic_reading_host_id_idx" ON "ve_traffic_reading"("host_id");

-- CreateIndex
CREATE INDEX "ve_address_interface_id_idx" ON "ve_address"("interface_id");

-- CreateIndex
CREATE INDEX "ve_address_address_idx" ON "ve_address"("address");

-- AddForeignKey
ALTER TABLE "address_pool_host" ADD CONSTRAINT "address_pool_host_pool_id_fkey" FOREIGN KEY ("pool_id") REFERENCES "address_pool"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "address_pool_host" ADD CONSTRAINT "address_pool_host_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "host"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "address_pool_group" ADD CONSTRAINT "address_pool_group_pool_id_fkey" FOREIGN KEY ("pool_id") REFERENCES "address_pool"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "address_pool_group" ADD CONSTRAINT "address_pool_group_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "host_group"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ve_address" ADD CONSTRAINT "ve_address_interface_id_fkey" FOREIGN KEY ("interface_id") REFERENCES "ve_interface"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "terminal" ADD CONSTRAINT "terminal_ve_id_fkey" FOREIGN KEY ("ve_id") REFERENCES "ve"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "host" ADD CONSTRAINT "host_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "host_group"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ve_interface" ADD CONSTRAINT "ve_interface_ve_id_fkey" FOREIGN KEY ("ve_id") REFERENCES "ve"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "firewall_set" ADD CONSTRAINT "firewall_set_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ve_firewall_set" ADD CONSTRAINT "ve_firewall_set_ve_id_fkey" FOREIGN KEY ("ve_id") REFERENCES "ve"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ve_firewall_set" ADD CONSTRAINT "ve_firewall_set_set_id_fkey" FOREIGN KEY ("set_id") REFERENCES "firewall_set"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ve_traffic" ADD CONSTRAINT "ve_traffic_ve_id_fkey" FOREIGN KEY ("ve_id") REFERENCES "ve"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ve_traffic_reading" ADD CONSTRAINT "ve_traffic_reading_ve_id_fkey" FOREIGN KEY ("ve_id") REFERENCES "ve"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ve_traffic_reading" ADD CONSTRAINT "ve_traffic_reading_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "host"("id") ON DELETE CASCADE ON UPDATE CASCADE;


