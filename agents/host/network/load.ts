import type { VeInterface } from '../../../lib/contract/ve-interface.ts'
import type { NetworkDriver } from './driver.ts'
import { routed } from './routed.ts'

const DRIVERS: Record<VeInterface['kind'], NetworkDriver> = { routed }

export function loadNetwork(): NetworkDriver {
  return DRIVERS.routed
}
