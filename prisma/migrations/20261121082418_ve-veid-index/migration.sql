-- CreateIndex
CREATE INDEX "ve_veid_idx" ON "ve"("veid");


