import type { Bench } from './figure.ts'
import { withLoadVe } from './load-ve.ts'
import { contend, type Rates, worst } from './pairs.ts'
import { fioOperationsPerSecond } from './tool-output.ts'

const PAIRS = 7

/** Seven reads for three writes of 4 KiB, anywhere in a file of 64 MiB. */
const JOB = [
  ...['fio', '--name=mixed', '--thread', '--ioengine=psync', '--rw=randrw', '--rwmixread=70', '--bs=4k'],
  ...['--size=64m', '--time_based', '--runtime=1', '--randseed=1', '--norandommap', '--output-format=json'],
]
/** What a data base does: past the page cache. And what most programs do: in it, whole files written back at the end of the job. */
const KINDS = [
  { what: 'direct', options: ['--direct=1'] },
  { what: 'cached', options: ['--direct=0', '--end_fsync=1'] },
]

/** Files of a VE, beside the same on the host: an ext4 in an image on /vz, through a loop device. And beside /vz itself. */
export const veFs: Bench = {
  names: ['ve-fs-vs-host'],
  needsRoot: true,
  async measure({ engine, say }) {
    const contests: Rates[] = []
    const plain: Rates[] = []
    await withLoadVe(await engine(), async ({ inVe, bare }) => {
      for (const { what, options } of KINDS) {
        const job = (file: string) => [...JOB, ...options, `--filename=${file}`]
        say(`${PAIRS} pairs of fio, ${what}`)
        const ours = async () => fioOperationsPerSecond(await inVe(job('/fio')))
        const peer = async () => fioOperationsPerSecond(await bare.run(job('/fio')))
        const vz = async () => fioOperationsPerSecond(await bare.run(job('/vz/fio')))
        contests.push(await contend({ what, ours, bare: peer }, PAIRS))
        plain.push(await contend({ what, ours, bare: vz }, 3))
      }
    })
    const write = (rate: number) => `${Math.round(rate / 1000)}k/s`
    const { note } = worst(plain, write, 'plain XFS /vz of the host')
    const peer = `same image file and loop device on the host, at least 0.97; beside it ${note}`
    return { 've-fs-vs-host': worst(contests, write, peer) }
  },
}
