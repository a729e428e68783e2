import { spawnSync } from 'node:child_process'
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/** What invoke-rc.d(8) takes for "do not". */
const DENY = 101

/**
 * Runs a task, such as apt-get, during which Debian's packages start no service; puts the machine's own policy back
 * afterwards, and also what one that was killed had put aside.
 */
export async function withoutServiceStarts<T>(
  task: () => Promise<T>,
  policy = '/usr/sbin/policy-rc.d',
): Promise<T> {
  const saved = `${policy}.before-corral`
  if (existsSync(saved)) renameSync(saved, policy)
  if (spawnSync(policy, ['any', 'start']).status === DENY) return task()
  if (existsSync(policy)) renameSync(policy, saved)
  try {
    writeFileSync(policy, `#!/bin/sh\nexit ${DENY}\n`, { mode: 0o755 })
    return await task()
  } finally {
    rmSync(policy, { force: true })
    if (existsSync(saved)) renameSync(saved, policy)
  }
}
