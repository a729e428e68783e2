-- AlterTable
ALTER TABLE "ve" ADD COLUMN "moving_to_id" UUID;

-- CreateTable
CREATE TABLE "move_remains" (
    "move_id" UUID NOT NULL,
    "host_id" UUID NOT NULL,
    "uuid" UUID NOT NULL,
    "veid" INTEGER NOT NULL,
    "epoch" INTEGER NOT NULL,
    "new_epoch" INTEGER,
    "keep" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "move_remains_pkey" PRIMARY KEY ("move_id","host_id")
);

-- CreateIndex
CREATE INDEX "move_remains_host_id_idx" ON "move_remains"("host_id");

-- CreateIndex
CREATE INDEX "ve_moving_to_id_idx" ON "ve"("moving_to_id");

-- AddForeignKey
ALTER TABLE "ve" ADD CONSTRAINT "ve_moving_to_id_fkey" FOREIGN KEY ("moving_to_id") REFERENCES "host"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "move_remains" ADD CONSTRAINT "move_remains_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "host"("id") ON DELETE CASCADE ON UPDATE CASCADE;
