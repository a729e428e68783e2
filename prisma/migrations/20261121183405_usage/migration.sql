-- By hand: the three tables of use are partitioned by time; lib/usage/partitions.ts makes and drops their parts.
-- CreateEnum
CREATE TYPE "limit_event_kind" AS ENUM ('refused', 'killed');

-- CreateTable
CREATE TABLE "ve_usage_minute" (
    "ve_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(0) NOT NULL,
    "samples" INTEGER NOT NULL,
    "seconds" DOUBLE PRECISION NOT NULL,
    "cpu_microseconds" BIGINT NOT NULL,
    "in_bytes" BIGINT NOT NULL,
    "out_bytes" BIGINT NOT NULL,
    "memory_bytes" BIGINT,
    "swap_bytes" BIGINT,
    "processes" BIGINT,
    "disk_bytes" BIGINT,
    "inodes" BIGINT,
    "held" BIGINT[],
    "failed" BIGINT[],

    CONSTRAINT "ve_usage_minute_pkey" PRIMARY KEY ("ve_id","at")
) PARTITION BY RANGE ("at");

-- CreateTable
CREATE TABLE "ve_usage_hour" (
    "ve_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(0) NOT NULL,
    "samples" INTEGER NOT NULL,
    "seconds" DOUBLE PRECISION NOT NULL,
    "cpu_microseconds" BIGINT NOT NULL,
    "in_bytes" BIGINT NOT NULL,
    "out_bytes" BIGINT NOT NULL,
    "memory_bytes" BIGINT,
    "swap_bytes" BIGINT,
    "processes" BIGINT,
    "disk_bytes" BIGINT,
    "inodes" BIGINT,
    "held" BIGINT[],
    "failed" BIGINT[],

    CONSTRAINT "ve_usage_hour_pkey" PRIMARY KEY ("ve_id","at")
) PARTITION BY RANGE ("at");

-- CreateTable
CREATE TABLE "ve_usage_day" (
    "ve_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(0) NOT NULL,
    "samples" INTEGER NOT NULL,
    "seconds" DOUBLE PRECISION NOT NULL,
    "cpu_microseconds" BIGINT NOT NULL,
    "in_bytes" BIGINT NOT NULL,
    "out_bytes" BIGINT NOT NULL,
    "memory_bytes" BIGINT,
    "swap_bytes" BIGINT,
    "processes" BIGINT,
    "disk_bytes" BIGINT,
    "inodes" BIGINT,
    "held" BIGINT[],
    "failed" BIGINT[],

    CONSTRAINT "ve_usage_day_pkey" PRIMARY KEY ("ve_id","at")
) PARTITION BY RANGE ("at");

-- CreateTable
CREATE TABLE "usage_rollup" (
    "level" TEXT NOT NULL,
    "upto" TIMESTAMPTZ(0) NOT NULL,

    CONSTRAINT "usage_rollup_pkey" PRIMARY KEY ("level")
);

-- CreateTable
CREATE TABLE "ve_usage_reading" (
    "ve_id" UUID NOT NULL,
    "host_id" UUID NOT NULL,
    "reading" JSONB NOT NULL,

    CONSTRAINT "ve_usage_reading_pkey" PRIMARY KEY ("ve_id","host_id")
);

-- CreateTable
CREATE TABLE "limit_event" (
    "id" UUID NOT NULL,
    "ve_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "kind" "limit_event_kind" NOT NULL,
    "parameter" TEXT NOT NULL,
    "held" BIGINT NOT NULL,
    "barrier" BIGINT,
    "limit" BIGINT,
    "refusals" BIGINT NOT NULL,
    "before" JSONB NOT NULL,
    "holders" JSONB NOT NULL,

    CONSTRAINT "limit_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "ve_usage_minute_at_idx" ON "ve_usage_minute" USING BRIN ("at");

-- CreateIndex
CREATE INDEX "ve_usage_hour_at_idx" ON "ve_usage_hour" USING BRIN ("at");

-- CreateIndex
CREATE INDEX "ve_usage_day_at_idx" ON "ve_usage_day" USING BRIN ("at");

-- CreateIndex
CREATE INDEX "ve_usage_reading_host_id_idx" ON "ve_usage_reading"("host_id");

-- CreateIndex
CREATE INDEX "limit_event_ve_id_at_id_idx" ON "limit_event"("ve_id", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "limit_event_at_idx" ON "limit_event"("at");

-- CreateIndex
CREATE UNIQUE INDEX "limit_event_ve_id_key_key" ON "limit_event"("ve_id", "key");

-- AddForeignKey
ALTER TABLE "ve_usage_reading" ADD CONSTRAINT "ve_usage_reading_ve_id_fkey" FOREIGN KEY ("ve_id") REFERENCES "ve"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ve_usage_reading" ADD CONSTRAINT "ve_usage_reading_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "host"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "limit_event" ADD CONSTRAINT "limit_event_ve_id_fkey" FOREIGN KEY ("ve_id") REFERENCES "ve"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- By hand: barrier or limit of a beancounter in ve.more_limits, in bytes or items; what stands for unlimited, and for a row that
-- is older than the parameter.
CREATE FUNCTION ve_beancounter(more jsonb, name text, part text, unlimited bigint, absent bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE jsonb_typeof(more->'beancounters'->name->part)
    WHEN 'number' THEN (more->'beancounters'->name->>part)::numeric::bigint
    WHEN 'null' THEN unlimited
    ELSE absent END
$$;

-- Memory that a VE gets in any case: lib/ves/limits/commitment.ts.
CREATE FUNCTION ve_guaranteed_bytes(memory_bytes bigint, more jsonb) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT least(memory_bytes, greatest(
    ve_beancounter(more, 'vmguarpages', 'barrier', memory_bytes, 0),
    ve_beancounter(more, 'oomguarpages', 'barrier', memory_bytes, 0)))
$$;

-- The mean of two means, of which one may not be known.
CREATE FUNCTION usage_mean(a bigint, a_samples int, b bigint, b_samples int) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(((a::numeric * a_samples + b::numeric * b_samples) / (a_samples + b_samples))::bigint, a, b)
$$;
