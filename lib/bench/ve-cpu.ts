import type { Bench } from './figure.ts'
import { withLoadVe } from './load-ve.ts'
import { contend, worst } from './pairs.ts'
import { opensslBytesPerSecond } from './tool-output.ts'

const PAIRS = 7
/** One thread: with a second one it would be measured which of the machine's other work comes in between. */
const SPEED = ['openssl', 'speed', '-mr', '-seconds', '1', '-bytes', '16384', '-evp', 'sha256']

/** What a VE's processor does, beside the bare host's. */
export const veCpu: Bench = {
  names: ['ve-cpu-vs-host'],
  needsRoot: true,
  async measure({ engine, say }) {
    const rates = await withLoadVe(await engine(), ({ inVe, bare }) => {
      say(`${PAIRS} pairs of openssl speed`)
      const ours = async () => opensslBytesPerSecond(await inVe(SPEED))
      const peer = async () => opensslBytesPerSecond(await bare.run(SPEED))
      return contend({ what: 'SHA-256', ours, bare: peer }, PAIRS)
    })
    const write = (rate: number) => `${Math.round(rate / 1e6)} MB/s`
    return { 've-cpu-vs-host': worst([rates], write, 'openssl speed, one thread, at least 0.97') }
  },
}
