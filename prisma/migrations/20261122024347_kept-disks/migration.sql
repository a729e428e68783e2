-- CreateTable
CREATE TABLE "kept_disk" (
    "move_id" UUID NOT NULL,
    "ve_id" UUID NOT NULL,
    "host_id" UUID NOT NULL,
    "kept_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "removing" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "kept_disk_pkey" PRIMARY KEY ("move_id")
);

-- CreateIndex
CREATE INDEX "kept_disk_ve_id_idx" ON "kept_disk"("ve_id");

-- CreateIndex
CREATE INDEX "kept_disk_host_id_idx" ON "kept_disk"("host_id");

-- AddForeignKey
ALTER TABLE "kept_disk" ADD CONSTRAINT "kept_disk_ve_id_fkey" FOREIGN KEY ("ve_id") REFERENCES "ve"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "kept_disk" ADD CONSTRAINT "kept_disk_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "host"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What moves kept before there was a record of it. Where it was removed since, its host says that nothing is there, and it can be removed here.
INSERT INTO "kept_disk" ("move_id", "ve_id", "host_id", "kept_at")
SELECT o.id, ve.id, h.id, coalesce(o.ended_at, o.created_at)
FROM "operation" o JOIN "ve" ON ve.id = o.ve_id AND ve.destroyed_at IS NULL
JOIN "operation_step" look ON look.operation_id = o.id AND look.name = 'look'
JOIN "host" h ON h.id = (look.output->'source'->>'id')::uuid AND h.id <> ve.host_id
WHERE o.type = 've-move' AND o.status = 'succeeded' AND o.input->>'keep' = 'true';
