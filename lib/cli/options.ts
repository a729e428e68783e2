import path from 'node:path'
import { parseArgs } from 'node:util'
import { SetupProblem } from '../setup/setup-problem.ts'

const USAGE = `npm run up -- [options]      start Corral on this machine, or see that it runs
  --port N        port of the panel (3000)
  --listen ADDR   address the panel listens on (127.0.0.1); 0.0.0.0 for all
  --data DIR      where everything is kept (.corral)
  --lab N         lab hosts to raise as root on Linux, or simulated hosts elsewhere (2)
  --no-lab        neither: only the panel
  --simulated     simulated hosts also where lab hosts could be raised
  --dev           rebuild on change, for work on Corral itself`

export type UpOptions = {
  port: number
  listen: string
  /** Absolute. */
  dataDir: string
  /** 0 for none. */
  labHosts: number
  simulated: boolean
  dev: boolean
}

export const DEFAULT_DATA_DIR = '.corral'

/** Throws SetupProblem with the usage for what is not understood; undefined when only help was asked for. */
export function parseUpOptions(argv: string[]): UpOptions | undefined {
  const { values } = parse(argv)
  if (values.help) {
    console.log(USAGE)
    return undefined
  }
  return {
    port: wholeNumber('--port', values.port, 1, 65_535),
    listen: values.listen,
    dataDir: path.resolve(values.data),
    labHosts: values['no-lab'] ? 0 : wholeNumber('--lab', values.lab, 0, 16),
    simulated: values.simulated,
    dev: values.dev,
  }
}

function parse(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      options: {
        port: { type: 'string', default: '3000' },
        listen: { type: 'string', default: '127.0.0.1' },
        data: { type: 'string', default: DEFAULT_DATA_DIR },
        lab: { type: 'string', default: '2' },
        'no-lab': { type: 'boolean', default: false },
        simulated: { type: 'boolean', default: false },
        dev: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new SetupProblem((error as Error).message, USAGE)
  }
}

export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw new SetupProblem(`${option} takes a whole number from ${least} to ${most}, not "${text}".`, USAGE)
}

/** `--data DIR` of the commands that take nothing else. Absolute. */
export function parseDataDir(argv: string[]): string {
  try {
    const { values } = parseArgs({
      args: argv,
      options: { data: { type: 'string', default: DEFAULT_DATA_DIR } },
    })
    return path.resolve(values.data)
  } catch (error) {
    throw new SetupProblem((error as Error).message, 'The only option is --data DIR.')
  }
}
