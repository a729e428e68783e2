/**
 * br_netfilter (bridge-nf-* in Documentation/networking/ip-sysctl.rst; ip-link(8) on nf_call_iptables): shows the packets of a
 * bridge to the IP layer's hooks. Switched on per bridge, so that bridges without a firewalled VE stay as fast as they are, and off
 * again with the last of them.
 */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { ensureDirectory, readJson, replaceFile } from '../sys/files.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'

const FOLDER = `${HOST_PATHS.run}/network`
const RECORD = `${FOLDER}/filtered-bridges.json`
const SYSCTL = '/proc/sys/net/bridge'
const CALLS = ['bridge-nf-call-iptables', 'bridge-nf-call-ip6tables', 'bridge-nf-call-arptables']

/** Why the kernel cannot do it; null when it can. Loads the module where it is one: by itself it would filter all bridges at once. */
export function bridgeFilterReason(sys: Sys): string | null {
  if (sys.stat(SYSCTL) !== null) return null
  sys.run(['modprobe', 'br_netfilter'])
  if (sys.stat(SYSCTL) === null)
    return 'The kernel has no br_netfilter: packets on bridges cannot be filtered by connection.'
  for (const name of CALLS) sys.write(`${SYSCTL}/${name}`, '0')
  return null
}

const call = (bridge: string, value: '0' | '1') => [
  ...['ip', 'link', 'set', 'dev', bridge, 'type', 'bridge'],
  ...['nf_call_iptables', value, 'nf_call_ip6tables', value],
]

/** Those that we switched on: an administrator's own choice stays. */
export function filterBridges(sys: Sys, bridges: readonly string[], tagged: boolean): void {
  const reason = bridgeFilterReason(sys)
  if (reason !== null) throw new Problem('capability-missing', reason)
  const off = bridges.filter((bridge) =>
    ['nf_call_iptables', 'nf_call_ip6tables'].some(
      (name) => sys.read(`/sys/class/net/${bridge}/bridge/${name}`)?.trim() !== '1',
    ),
  )
  if (tagged) sys.write(`${SYSCTL}/bridge-nf-filter-vlan-tagged`, '1')
  if (off.length === 0) return
  ensureDirectory(sys, FOLDER)
  const ours = readJson<string[]>(sys, RECORD) ?? []
  replaceFile(sys, RECORD, JSON.stringify([...new Set([...ours, ...off])]))
  for (const bridge of off) mustRun(sys, call(bridge, '1'))
}

export function unfilterBridges(sys: Sys): void {
  for (const bridge of readJson<string[]>(sys, RECORD) ?? []) {
    // One that is gone took it along.
    sys.run(call(bridge, '0'))
  }
  sys.remove(RECORD)
}
