/** Limits of a VE that attacks: small, so that what it holds is little for the machine that the test runs on. */
import { MIB } from '../../lib/contract/units.ts'
import { DEFAULT_LIMITS, withLimits } from '../../lib/contract/ve-limits.ts'

const one = (value: number) => ({ barrier: value, limit: value })

export const ATTACKED_LIMITS = withLimits(DEFAULT_LIMITS, {
  memoryBytes: 96 * MIB,
  swapBytes: 0,
  processes: 100,
  diskBytes: 400 * MIB,
  cpuLimitPercent: 50,
  beancounters: {
    numpty: one(16),
    numsiginfo: one(256),
    shmpages: one(16 * MIB),
    numflock: one(1000),
    numfile: one(4000),
    numtcpsock: one(500),
    dgramrcvbuf: one(8 * MIB),
  },
})

/** What it has never more of, whatever it does: bytes and items. */
export const BOUNDS = {
  numproc: ATTACKED_LIMITS.processes,
  physpages: ATTACKED_LIMITS.memoryBytes,
  numsiginfo: 256,
} as const
