/** Run on a lab host by qjs: reads { call, veid, interfaces, firewall, initPid } as one line, prints what the call gives or its problem. */
import { Problem } from '../../../lib/contract/problem.ts'
import { attachFirewall, convergeFirewall, detachFirewall } from '../network/firewall.ts'
import { probeFirewall, probeFirewallBridged, probeRate } from '../network/probes-filter.ts'
import { attachRate, convergeRate, detachRate } from '../network/rate.ts'
import { convergeTraffic, readTraffic, settleTraffic } from '../network/traffic.ts'
import { quickJsSys } from '../sys/quickjs.ts'

const sys = quickJsSys()
const { call, initPid, ...spec } = JSON.parse(sys.readInputLine() ?? '')

const CALLS: Record<string, () => unknown> = {
  attachFirewall: () => attachFirewall(sys, spec),
  convergeFirewall: () => convergeFirewall(sys, spec),
  detachFirewall: () => detachFirewall(sys, spec.veid),
  attachRate: () => attachRate(sys, spec),
  convergeRate: () => convergeRate(sys, spec),
  detachRate: () => detachRate(sys, spec.veid),
  attachTraffic: () => convergeTraffic(sys, spec, initPid),
  settleTraffic: () => settleTraffic(sys, spec),
  readTraffic: () => readTraffic(sys, [spec]).get(spec.veid),
  probes: () => [probeFirewall(sys), probeFirewallBridged(sys), probeRate(sys)],
}

try {
  sys.output(JSON.stringify({ result: CALLS[call]?.() ?? null }))
} catch (error) {
  sys.output(JSON.stringify({ problem: Problem.from(error).toJson() }))
}
