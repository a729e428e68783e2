-- AlterTable
ALTER TABLE "ve" ADD COLUMN     "committed_allocated_bytes" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "committed_kernel_bytes" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "committed_use_bytes" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "guaranteed_bytes" BIGINT NOT NULL DEFAULT 0;

-- By hand: no VE has beancounters yet. One without may fill all of its memory by way of the kernel, and is promised none of it.
UPDATE "ve" SET
  "committed_kernel_bytes" = "memory_bytes",
  "committed_use_bytes" = "memory_bytes",
  "committed_allocated_bytes" = "memory_bytes";
