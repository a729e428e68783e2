/** Run on a lab host by qjs: reads { driver, spec, cache } as one line, prints the verdicts as JSON. */
import { STORAGE, type StorageDriver } from '../../../lib/contract/storage.ts'
import type { Probe } from '../facts/probe.ts'
import { storageConformance } from '../storage/conformance.ts'
import { probeImageQuota, probeImageSoftLimits } from '../storage/image-quota.ts'
import { loadStorage } from '../storage/load.ts'
import { quickJsSys } from '../sys/quickjs.ts'

const sys = quickJsSys()
const { driver, spec, cache } = JSON.parse(sys.readInputLine() ?? '')
const { limitsInodes, softLimits } = STORAGE[driver as StorageDriver]
const claimed = (how: 'at-run-time' | 'by-kernel' | 'no', probe: Probe) =>
  how === 'at-run-time' || (how === 'by-kernel' && probe(sys) === null)
const claims = {
  inodes: claimed(limitsInodes, probeImageQuota),
  soft: claimed(softLimits, probeImageSoftLimits),
}
const subject = { sys, name: driver, driver: loadStorage(driver), spec, cache, claims }
sys.output(JSON.stringify(storageConformance(subject)))
