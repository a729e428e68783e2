import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import path from 'node:path'

export const scriptFile = (name: string) => path.join(import.meta.dirname, name)

/** None of ours: it may hold secrets, and a host has no use for it. */
const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
}

/** argv that runs a program inside these cgroups, so that lowering the lab finds it there. */
export const inCgroups = (cgroups: readonly string[], argv: readonly string[]) => [
  'sh',
  scriptFile('enter-cgroups.sh'),
  ...cgroups,
  '--',
  ...argv,
]

/** Starts a process that outlives this one, in a session of its own: Ctrl-C at the terminal is not meant for it. */
export function startDetached(argv: readonly string[], stdio: SpawnOptions['stdio']): ChildProcess {
  const [program = '', ...args] = argv
  const options: SpawnOptions = {
    detached: true,
    stdio,
    cwd: '/',
    // Next's types ask every environment for NODE_ENV.
    env: ENVIRONMENT as Partial<NodeJS.ProcessEnv> as NodeJS.ProcessEnv,
  }
  const child = spawn(program, args, options)
  child.unref()
  return child
}
