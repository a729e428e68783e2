-- CreateIndex
CREATE INDEX "audit_event_action_at_idx" ON "audit_event"("action", "at");

-- CreateIndex
CREATE INDEX "audit_event_actor_id_at_idx" ON "audit_event"("actor_id", "at");

-- CreateIndex
CREATE INDEX "audit_event_host_id_at_idx" ON "audit_event"("host_id", "at");


-- By hand: Prisma's schema language has no partial indexes. Each holds the few rows that are asked for again and again.
CREATE INDEX "terminal_user_id_open_idx" ON "terminal"("user_id") WHERE "opened_at" IS NOT NULL AND "closed_at" IS NULL;
CREATE INDEX "terminal_expires_at_unused_idx" ON "terminal"("expires_at") WHERE "opened_at" IS NULL;
CREATE INDEX "terminal_closed_at_idx" ON "terminal"("closed_at") WHERE "closed_at" IS NOT NULL;
CREATE INDEX "operation_ve_id_own_failed_idx" ON "operation"("ve_id") WHERE "actor_id" IS NULL AND "status" = 'failed';
