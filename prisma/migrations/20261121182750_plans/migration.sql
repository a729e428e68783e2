-- AlterTable
ALTER TABLE "operation" ADD COLUMN     "parent_id" UUID,
ADD COLUMN     "plan_id" UUID;

-- AlterTable
ALTER TABLE "ve" ADD COLUMN     "plan_version_id" UUID;

-- CreateTable
CREATE TABLE "plan" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "plan_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "plan_version" (
    "id" UUID NOT NULL,
    "plan_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "limits" JSONB NOT NULL,
    "note" TEXT NOT NULL DEFAULT '',
    "actor_id" TEXT,
    "actor_name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "plan_version_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "plan_account_id_idx" ON "plan"("account_id");

-- CreateIndex
CREATE UNIQUE INDEX "plan_version_plan_id_number_key" ON "plan_version"("plan_id", "number");

-- CreateIndex
CREATE INDEX "operation_plan_id_created_at_idx" ON "operation"("plan_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "operation_parent_id_ve_id_key" ON "operation"("parent_id", "ve_id");

-- CreateIndex
CREATE INDEX "ve_plan_version_id_idx" ON "ve"("plan_version_id");

-- AddForeignKey
ALTER TABLE "operation" ADD CONSTRAINT "operation_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plan"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operation" ADD CONSTRAINT "operation_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "operation"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan" ADD CONSTRAINT "plan_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_version" ADD CONSTRAINT "plan_version_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plan"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ve" ADD CONSTRAINT "ve_plan_version_id_fkey" FOREIGN KEY ("plan_version_id") REFERENCES "plan_version"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- By hand: a name is taken whatever its case.
CREATE UNIQUE INDEX "plan_account_id_name_key" ON "plan"("account_id", lower("name"));
