-- AlterTable
ALTER TABLE "ve" ADD COLUMN     "stale_run" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "ve_address" ADD COLUMN     "pending" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "ve_interface" ADD COLUMN     "pending" BOOLEAN NOT NULL DEFAULT false;


-- Beside the one operation that works on a VE others may run that take no turn (a command): their queue is their own.
DROP INDEX "operation_ve_id_running_key";
CREATE UNIQUE INDEX "operation_ve_id_running_key" ON "operation"("ve_id") WHERE "status" = 'running' AND "queue" LIKE 've:%';
-- Whose turn it is, asked each time an operation begins.
CREATE INDEX "operation_queue_live_idx" ON "operation"("queue") WHERE "status" IN ('queued', 'running');
