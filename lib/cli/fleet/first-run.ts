import path from 'node:path'
import { canExecute, findPostgresAccount } from '../../db/embedded-postgres-account.ts'
import type { HostResource } from '../../hosts/resource.ts'
import type { LabProgress } from '../../lab/progress.ts'
import { raiseLab } from '../../lab/raise-lab.ts'
import { labDirectory } from '../clean-up.ts'
import type { UpOptions } from '../options.ts'
import type { Progress } from '../terminal/progress.ts'
import { ensureFirstTemplate, templateStep } from './first-template.ts'
import { enrolStep, ensureLabHost, ensurePool, ensureSimulatedHost, type Fleet } from './fleet.ts'

/** TEST-NET-2 (RFC 5737): reserved for examples, so no simulated VE can be mistaken for a real address. */
const SIMULATED_POOL = { cidr: '198.51.100.0/24', first: '198.51.100.10', last: '198.51.100.250' }

/** Whether the hosts of this run will be real ones. */
export const raisesLab = ({ labHosts, simulated }: Pick<UpOptions, 'labHosts' | 'simulated'>) =>
  labHosts > 0 && !simulated && canRaiseLab()

const canRaiseLab = () => process.platform === 'linux' && process.getuid?.() === 0

/** What the first-run page shows as still to come. */
export function planFleet(progress: Progress, options: UpOptions) {
  if (options.labHosts === 0) return
  const kind = raisesLab(options) ? 'lab' : 'sim'
  const names = Array.from({ length: options.labHosts }, (_, index) => `${kind}${index + 1}`)
  progress.plan([...names.map(enrolStep), templateStep])
}

export const simulatedNotice = () =>
  `  ${canRaiseLab() ? '' : 'Lab hosts need root on Linux. '}These are simulated hosts, kept in the worker's memory and labelled so everywhere.
  To see Corral on real hosts, run it as root on Debian, or add hosts of your own in the panel.`

export async function raiseRealFleet(fleet: Fleet, dataDir: string, count: number, signal: AbortSignal) {
  const lab = await raiseLab({
    dir: labDirectory(dataDir),
    hosts: count,
    cacheDir: cacheDirectory(dataDir),
    progress: (report) => showLabStep(fleet.progress, report),
    signal,
  })
  await ensurePool(fleet, lab.network.addressPool)
  await withTemplate(
    fleet,
    lab.hosts.slice(0, count).map((host) => ensureLabHost(fleet, host)),
  )
}

/** Its server runs as an account of its own, which may not be able to pass a home of mode 700. */
const cacheDirectory = (dataDir: string) =>
  canExecute(findPostgresAccount(), dataDir) ? path.join(dataDir, 'cache') : '/var/cache/corral'

export async function makeSimulatedFleet(fleet: Fleet, count: number) {
  await ensurePool(fleet, SIMULATED_POOL)
  const names = Array.from({ length: count }, (_, index) => `sim${index + 1}`)
  await withTemplate(
    fleet,
    names.map((name) => ensureSimulatedHost(fleet, name)),
  )
}

/** One host that fails does not keep the others from becoming useful. */
async function withTemplate(fleet: Fleet, enrolments: Promise<HostResource>[]) {
  const settled = await Promise.allSettled(enrolments)
  const hosts = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  if (hosts.length > 0) await ensureFirstTemplate(fleet, hosts)
  const failure = settled.find((result) => result.status === 'rejected')
  if (failure) throw failure.reason
}

function showLabStep(progress: Progress, { step, label, state, detail }: LabProgress) {
  if (state === 'running') progress.running(step, label, detail)
  else if (state === 'done') progress.done(step, detail)
  else progress.failed(step, detail ?? 'no reason was given')
}
