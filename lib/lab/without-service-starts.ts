import { spawnSync } from 'node:child_process'
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'

const POLICY = '/usr/sbin/policy-rc.d'
const SAVED = `${POLICY}.before-corral`
/** What invoke-rc.d(8) takes for "do not". */
const DENY = 101

/** Runs a task, such as apt-get, during which Debian's packages start no service; puts the machine's own policy back afterwards. */
export async function withoutServiceStarts<T>(task: () => Promise<T>): Promise<T> {
  if (existsSync(SAVED)) renameSync(SAVED, POLICY) // left by one that was killed
  if (spawnSync(POLICY, ['any', 'start']).status === DENY) return task()
  const hadOne = existsSync(POLICY)
  if (hadOne) renameSync(POLICY, SAVED)
  try {
    writeFileSync(POLICY, `#!/bin/sh\nexit ${DENY}\n`, { mode: 0o755 })
    return await task()
  } finally {
    rmSync(POLICY, { force: true })
    if (hadOne) renameSync(SAVED, POLICY)
  }
}
