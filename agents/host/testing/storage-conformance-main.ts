/** Run on a lab host by qjs: reads { driver, spec, cache } as one line, prints the verdicts as JSON. */
import { storageConformance } from '../storage/conformance.ts'
import { loadStorage } from '../storage/load.ts'
import { quickJsSys } from '../sys/quickjs.ts'

const sys = quickJsSys()
const { driver, spec, cache } = JSON.parse(sys.readInputLine() ?? '')
sys.output(JSON.stringify(storageConformance({ sys, driver: loadStorage(driver), spec, cache })))
