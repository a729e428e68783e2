-- AlterTable
ALTER TABLE "ve_address" ADD COLUMN     "former_ifname" TEXT,
ADD COLUMN     "former_name" TEXT,
ADD COLUMN     "former_ve_id" UUID,
ADD COLUMN     "former_veid" INTEGER,
ALTER COLUMN "ve_id" DROP NOT NULL,
ALTER COLUMN "interface_id" DROP NOT NULL;

-- CreateIndex
CREATE INDEX "ve_address_former_ve_id_idx" ON "ve_address"("former_ve_id");


