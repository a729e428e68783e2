/** A worker's row: that it is there, what graphile-worker calls its runners, and its heartbeat. */
import { db } from '../db/client.ts'
import { machineName } from './machine.ts'

export async function registerWorker(): Promise<string> {
  const row = await db().worker.create({
    data: { id: crypto.randomUUID(), pid: process.pid, machine: machineName(), runnerIds: [] },
  })
  return row.id
}

/** Stored before a runner takes its first job, so that its jobs can be freed whenever it dies. */
export async function recordRunners(workerId: string, runnerIds: string[]): Promise<void> {
  await db().worker.update({ where: { id: workerId }, data: { runnerIds } })
}

/** By the database's clock, which all workers share. Also takes back a declaration of death: what was taken over meanwhile stays taken over, the rest is still ours. */
export async function beat(workerId: string): Promise<void> {
  await db().$executeRaw`
    UPDATE worker SET heartbeat_at = now(), stopped_at = NULL WHERE id = ${workerId}::uuid`
}

export async function unregisterWorker(workerId: string): Promise<void> {
  await db().host.updateMany({ where: { leasedBy: workerId }, data: { leasedBy: null, leaseUntil: null } })
  await db().worker.update({ where: { id: workerId }, data: { stoppedAt: new Date() } })
}
