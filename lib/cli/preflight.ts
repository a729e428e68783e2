import { accessSync, constants, mkdirSync, statfsSync } from 'node:fs'
import { createServer } from 'node:net'
import { diskFullProblem, SetupProblem, saysDiskFull } from '../setup/setup-problem.ts'

const MIB = 1024 ** 2
/** The database and logs; a lab's shared userland and its hosts' images come on top. */
const PANEL_NEEDS_MIB = 600
const LAB_NEEDS_MIB = 5_000

/** Whether the data directory can be written to and has room. Throws SetupProblem. */
export function checkDataDir(dir: string, forLab: boolean) {
  checkWritable(dir)
  checkSpace(dir, forLab ? LAB_NEEDS_MIB : PANEL_NEEDS_MIB)
}

function checkWritable(dir: string) {
  try {
    mkdirSync(dir, { recursive: true })
    accessSync(dir, constants.W_OK)
  } catch (error) {
    if (saysDiskFull(error)) throw diskFullProblem(dir, error)
    throw new SetupProblem(
      `Corral cannot write to its data directory ${dir}: ${(error as Error).message}.`,
      'Mend that, or choose another directory with --data DIR.',
      { cause: error },
    )
  }
}

function checkSpace(dir: string, neededMib: number) {
  const { bavail, bsize } = statfsSync(dir)
  const freeMib = Math.floor((bavail * bsize) / MIB)
  if (freeMib >= neededMib) return
  throw new SetupProblem(
    `The disk that holds ${dir} has ${freeMib} MiB free, and Corral needs about ${neededMib} MiB there.`,
    neededMib === LAB_NEEDS_MIB
      ? 'Free some space, choose a directory on another disk with --data DIR, or leave the lab hosts out with --no-lab.'
      : 'Free some space, or choose a directory on another disk with --data DIR.',
  )
}

/** Whether the panel will be able to listen. Throws SetupProblem. */
export async function checkPort(port: number, listen: string) {
  const code = await tryToListen(port, listen)
  if (code === undefined) return
  const another = `npm run up -- --port ${port === 65_535 ? 3000 : port + 1}`
  if (code === 'EADDRINUSE') {
    throw new SetupProblem(
      `Port ${port} is taken by another program.`,
      `Stop that one, or use another port: ${another}`,
    )
  }
  if (code === 'EACCES') {
    throw new SetupProblem(
      `Only root may listen on port ${port}.`,
      `Use a port from 1024 on: npm run up -- --port 3000`,
    )
  }
  throw new SetupProblem(
    `The panel cannot listen on ${listen} port ${port} (${code}).`,
    `Try another: ${another}`,
  )
}

function tryToListen(port: number, listen: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen(port, listen, () => server.close(() => resolve(undefined)))
  })
}
