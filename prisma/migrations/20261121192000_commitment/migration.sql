-- AlterTable
ALTER TABLE "ve" ADD COLUMN     "committed_allocated_bytes" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "committed_kernel_bytes" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "committed_use_bytes" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "guaranteed_bytes" BIGINT NOT NULL DEFAULT 0;

-- By hand: of the limits that are there, as lib/ves/limits/commitment.ts does.
UPDATE "ve" SET
  "guaranteed_bytes" = ve_guaranteed_bytes("memory_bytes", "more_limits"),
  "committed_kernel_bytes" = coalesce(ve_kernel_limit("memory_bytes", "more_limits"), "memory_bytes");
UPDATE "ve" SET
  "committed_use_bytes" = least("memory_bytes" + "swap_bytes", "committed_kernel_bytes"
    + ve_beancounter("more_limits", 'oomguarpages', 'barrier', "memory_bytes" + "swap_bytes", 0)),
  "committed_allocated_bytes" = least("memory_bytes" + "swap_bytes", "committed_kernel_bytes"
    + ve_beancounter("more_limits", 'vmguarpages', 'barrier', "memory_bytes" + "swap_bytes", 0));

DROP FUNCTION ve_kernel_limit(bigint, jsonb);
