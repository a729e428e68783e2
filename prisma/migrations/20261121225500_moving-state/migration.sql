-- A migration of its own: PostgreSQL lets nothing use a new value in the transaction that adds it.
-- AlterEnum
ALTER TYPE "ve_state" ADD VALUE 'moving' BEFORE 'destroying';
