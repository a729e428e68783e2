-- A migration of its own: PostgreSQL lets nothing use a new value in the transaction that adds it.
-- AlterEnum
ALTER TYPE "ve_state" ADD VALUE 'hibernating' BEFORE 'destroying';
ALTER TYPE "ve_state" ADD VALUE 'hibernated' BEFORE 'destroying';
ALTER TYPE "ve_state" ADD VALUE 'restoring' BEFORE 'destroying';
