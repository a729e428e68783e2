import { GIB } from '../contract/units.ts'
import { type BareRoot, mountBareRoot } from './bare-root.ts'
import type { EngineHost } from './engine-host.ts'
import { createVe, destroyVe, execInVe, startVe, veSpecOf } from './engine-ve.ts'

/** Memory enough for the page cache of what is read and written; the processor is not capped. */
const LIMITS = { diskBytes: 4 * GIB, memoryBytes: 4 * GIB }

export type LoadVe = {
  address: string
  /** A program in the VE; gives what it printed. Throws what it complained of. */
  inVe(command: string[]): Promise<string>
  /** The same image and programs on the bare host. */
  bare: BareRoot
}

/** Lends a running VE and its peer to `work`, and takes both away. */
export async function withLoadVe<T>(host: EngineHost, work: (load: LoadVe) => Promise<T>): Promise<T> {
  const spec = veSpecOf(0, host.veAddress, LIMITS)
  const bare = await mountBareRoot(host, LIMITS.diskBytes)
  try {
    await createVe(host, spec)
    await startVe(host, spec)
    return await work({ address: host.veAddress, inVe: (command) => execInVe(host, spec, command), bare })
  } finally {
    await destroyVe(host, spec)
    await bare.unmount()
  }
}
