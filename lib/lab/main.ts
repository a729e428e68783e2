import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { SetupProblem } from '../setup/setup-problem.ts'
import { isOn } from './lab-host.ts'
import { FILE_SYSTEMS, type LabState, PACKAGE_SETS, readLab } from './lab-state.ts'
import { lowerLab } from './lower-lab.ts'
import type { LabProgress } from './progress.ts'
import { raiseLab } from './raise-lab.ts'

const USAGE = `lab up     --dir DIR [--hosts N] [--name NAME] [--packages bare|full] [--file-system xfs|btrfs|ext4] [--cache DIR]
lab down   --dir DIR [--erase]
lab status --dir DIR
lab ssh    --dir DIR [--host NAME] [-- COMMAND ARG...]`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dir: { type: 'string' },
    hosts: { type: 'string', default: '2' },
    name: { type: 'string' },
    packages: { type: 'string' },
    'file-system': { type: 'string' },
    cache: { type: 'string' },
    erase: { type: 'boolean' },
    host: { type: 'string' },
  },
})

const show = ({ state, label, detail }: LabProgress) =>
  console.log(`${{ running: '…', done: '✓', failed: '✗' }[state]} ${label}${detail ? `: ${detail}` : ''}`)

function oneOf<T extends string>(choices: readonly T[], value: string | undefined): T | undefined {
  if (value === undefined) return undefined
  const choice = choices.find((one) => one === value)
  if (!choice) throw new SetupProblem(`"${value}" is none of ${choices.join(', ')}.`, USAGE)
  return choice
}

async function up(dir: string): Promise<void> {
  const abort = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => abort.abort(new SetupProblem('Interrupted.', 'The lab is down.')))
  const lab = await raiseLab({
    dir,
    hosts: Number(values.hosts),
    name: values.name,
    packages: oneOf(PACKAGE_SETS, values.packages),
    fileSystem: oneOf(FILE_SYSTEMS, values['file-system']),
    cacheDir: values.cache,
    progress: show,
    signal: abort.signal,
  })
  status(lab)
}

function status(lab: LabState | undefined): void {
  if (!lab) {
    console.log('No lab was raised here.')
    return
  }
  console.log(
    `lab ${lab.name}, id ${lab.id}, ${lab.network?.subnet ?? 'no network'}, packages through ${lab.packageCache?.url ?? 'nothing: it is down'}`,
  )
  for (const host of lab.hosts)
    console.log(
      `${host.name}  ${host.address}  ${isOn(host) ? 'on' : 'off'}  root password ${host.rootPassword}  ${host.hostKeyFingerprint}`,
    )
}

/** With the lab's own key. The host keys are the lab's, so nothing is asked. */
function ssh(dir: string, command: readonly string[]): number {
  const lab = readLab(dir)
  const host = values.host ? lab?.hosts.find((one) => one.name === values.host) : lab?.hosts[0]
  if (!host) throw new SetupProblem(`There is no such lab host in ${dir}.`, USAGE)
  const options = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
    'IdentitiesOnly=yes',
  ].flatMap((option) => ['-o', option])
  const argv = [
    ...options,
    '-i',
    path.join(dir, 'operator', 'id_ed25519'),
    '-p',
    String(host.sshPort),
    `root@${host.address}`,
    ...command,
  ]
  return spawnSync('ssh', argv, { stdio: 'inherit' }).status ?? 1
}

async function main(): Promise<number> {
  const [word, ...rest] = positionals
  const { dir } = values
  if (!dir) throw new SetupProblem('Which lab?', USAGE)
  if (word === 'up') await up(dir)
  else if (word === 'down') await lowerLab(dir, { erase: values.erase })
  else if (word === 'status') status(readLab(dir))
  else if (word === 'ssh') return ssh(dir, rest)
  else throw new SetupProblem('Do what?', USAGE)
  return 0
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof SetupProblem)) throw error
  console.error(`${error.message}\n${error.wayOn}`)
  process.exitCode = 1
}
