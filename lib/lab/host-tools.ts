import { diskFullProblem, SetupProblem, saysDiskFull } from '../setup/setup-problem.ts'
import { CommandFailed, run } from './command.ts'
import { withFileLock } from './file-lock.ts'
import type { FileSystem } from './lab-state.ts'
import { type ReportProgress, reported } from './progress.ts'
import { withoutServiceStarts } from './without-service-starts.ts'

/** Debian packages that the machine under the lab needs, and what for. */
export const LAB_TOOLS = {
  'apt-cacher-ng': 'gives lab hosts packages, and nothing else from outside',
  e2fsprogs: "makes the lab hosts' system disks",
  iproute2: 'makes the bridge and links of the lab',
  mmdebstrap: "builds the lab hosts' Debian userland",
  mount: 'attaches disk images',
  'openssh-client': "makes the lab hosts' keys",
  'util-linux': 'makes the namespaces that a lab host is',
} as const satisfies Record<string, string>

const FILE_SYSTEM_TOOLS: Record<FileSystem, Record<string, string>> = {
  xfs: { xfsprogs: "makes the lab hosts' /vz" },
  btrfs: { 'btrfs-progs': "makes the lab hosts' /vz" },
  ext4: {},
}

export type MissingTool = { package: string; why: string }

export async function missingHostTools(fileSystem: FileSystem): Promise<MissingTool[]> {
  const wanted = Object.entries({ ...LAB_TOOLS, ...FILE_SYSTEM_TOOLS[fileSystem] })
  const installed = await installedPackages(wanted.map(([name]) => name))
  return wanted.filter(([name]) => !installed.has(name)).map(([name, why]) => ({ package: name, why }))
}

async function installedPackages(names: readonly string[]): Promise<Set<string>> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own syntax
  const query = ['dpkg-query', '--show', '--showformat=${db:Status-Status} ${Package}\n', ...names]
  // It ends with 1 when it knows nothing of one of the names, after telling about the others.
  const output = await run(query).catch((error) => {
    if (error instanceof CommandFailed && error.exitCode === 1) return error.stdout
    throw error
  })
  return new Set(
    output
      .split('\n')
      .flatMap((line) => (line.startsWith('installed ') ? [line.slice('installed '.length)] : [])),
  )
}

/** Installs what is missing with apt-get, saying what and why. Starts no service. Throws SetupProblem when apt-get cannot. */
export async function ensureHostTools(fileSystem: FileSystem, progress: ReportProgress): Promise<void> {
  const missing = await missingHostTools(fileSystem)
  if (missing.length === 0) return
  const label = `Installing ${missing.map((tool) => `${tool.package} (${tool.why})`).join(', ')}`
  // Another lab may be installing the same, under a policy for services that is not ours to put back.
  const alone = () =>
    withFileLock('/run/lock/corral-host-tools', () => withoutServiceStarts(() => install(missing)))
  await reported(progress, 'lab-tools', label, alone)
}

/** Never broken off: a half-installed package is worse than a few seconds of waiting. */
async function install(missing: readonly MissingTool[]): Promise<void> {
  const packages = missing.map((tool) => tool.package)
  const apt = ['apt-get', '-q', '-y', '-o', 'DPkg::Lock::Timeout=300']
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  // One source that is out of order, of someone else's, need not keep these from being installed.
  await run([...apt, 'update'], { env }).catch(() => {})
  await run([...apt, 'install', '--no-install-recommends', ...packages], { env }).catch((cause: Error) => {
    if (saysDiskFull(cause)) throw diskFullProblem('/', cause)
    const wayOn = `Install them by hand (apt-get install ${packages.join(' ')}), then run the command again; or start without lab hosts: --no-lab.`
    throw new SetupProblem(`apt-get could not install what lab hosts need: ${cause.message}`, wayOn, {
      cause,
    })
  })
  // The lab runs the cache itself, with settings of its own: the package's own service must not come up at the next boot.
  if (packages.includes('apt-cacher-ng'))
    await run(['systemctl', 'disable', 'apt-cacher-ng.service']).catch(() => {})
}
