import { realpathSync } from 'node:fs'
import path from 'node:path'
import { withFileLock } from './file-lock.ts'
import { isOn, startHost, stopHost } from './lab-host.ts'
import { isRaised, type LabHost, type LabState, readLab, writeLab } from './lab-state.ts'

/** Pulls the plug of one host of a lab: kill -9 of its init and all it runs. Its disks stay as the crash left them. */
export const killHost = (dir: string, name: string) =>
  withHost(dir, name, async (real, state, host) => {
    await stopHost(real, state, host)
    writeLab(real, state)
  })

/** Boots a host that is off; one that is on stays as it is. Returns when its sshd answers. */
export const bootHost = (dir: string, name: string) =>
  withHost(dir, name, async (real, state, host) => {
    if (isOn(host)) return
    if (!isRaised(state)) throw new Error(`Lab ${state.name} is down: raise it`)
    await startHost(real, state, host, (init) => {
      host.init = init
      writeLab(real, state)
    })
  })

async function withHost(
  dir: string,
  name: string,
  task: (dir: string, state: LabState, host: LabHost) => Promise<void>,
): Promise<void> {
  const real = realpathSync(dir)
  await withFileLock(path.join(real, 'lock'), async () => {
    const state = readLab(real)
    const host = state?.hosts.find((one) => one.name === name)
    if (!state || !host) throw new Error(`There is no lab host ${name} in ${dir}`)
    await task(real, state, host)
  })
}
