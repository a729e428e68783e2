/**
 * br_netfilter (bridge-nf-* in Documentation/networking/ip-sysctl.rst; ip-link(8) on nf_call_iptables): shows the packets of a
 * bridge to the IP layer's hooks. Switched on per bridge, so that bridges without a firewalled VE stay as fast as they are, and off
 * again with the last of them.
 */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { ensureDirectory, readJson, replaceFile } from '../sys/files.ts'
import { mustRun } from '../sys/run.ts'
import { set } from '../sys/settings.ts'
import type { Sys } from '../sys/sys.ts'

const FOLDER = `${HOST_PATHS.run}/network`
const RECORD = `${FOLDER}/filtered-bridges.json`
/** Says that we load the module and have not silenced it yet. */
const LOADING = `${FOLDER}/br_netfilter-loading`
const SYSCTL = '/proc/sys/net/bridge'
const CALLS = ['bridge-nf-call-iptables', 'bridge-nf-call-ip6tables', 'bridge-nf-call-arptables']
const TAGGED = `${SYSCTL}/bridge-nf-filter-vlan-tagged`

/** What we switched on: an administrator's own choice stays. */
type Ours = { bridges: string[]; tagged: boolean }

const readOurs = (sys: Sys): Ours => readJson<Ours>(sys, RECORD) ?? { bridges: [], tagged: false }

/**
 * Why the kernel cannot do it; null when it can. Loads the module where it is one: by itself it filters all bridges at once, so
 * whoever finds that an agent was killed in between silences it.
 */
export function bridgeFilterReason(sys: Sys): string | null {
  if (sys.stat(SYSCTL) === null) {
    ensureDirectory(sys, HOST_PATHS.run, 0o711)
    ensureDirectory(sys, FOLDER)
    sys.write(LOADING, '')
    sys.run(['modprobe', 'br_netfilter'])
  }
  const there = sys.stat(SYSCTL) !== null
  if (sys.stat(LOADING) !== null) {
    if (there) for (const name of CALLS) set(sys, `${SYSCTL}/${name}`, '0')
    sys.remove(LOADING)
  }
  return there ? null : 'The kernel has no br_netfilter: packets on bridges cannot be filtered by connection.'
}

const call = (bridge: string, value: '0' | '1') => [
  ...['ip', 'link', 'set', 'dev', bridge, 'type', 'bridge'],
  ...['nf_call_iptables', value, 'nf_call_ip6tables', value],
]

export function filterBridges(sys: Sys, bridges: readonly string[], tagged: boolean): void {
  const reason = bridgeFilterReason(sys)
  if (reason !== null) throw new Problem('capability-missing', reason)
  const off = bridges.filter((bridge) =>
    ['nf_call_iptables', 'nf_call_ip6tables'].some(
      (name) => sys.read(`/sys/class/net/${bridge}/bridge/${name}`)?.trim() !== '1',
    ),
  )
  const untagged = tagged && sys.read(TAGGED)?.trim() === '0'
  if (off.length === 0 && !untagged) return
  ensureDirectory(sys, FOLDER)
  const ours = readOurs(sys)
  const record: Ours = {
    bridges: [...new Set([...ours.bridges, ...off])],
    tagged: ours.tagged || untagged,
  }
  replaceFile(sys, RECORD, JSON.stringify(record))
  if (untagged) sys.write(TAGGED, '1')
  for (const bridge of off) mustRun(sys, call(bridge, '1'))
}

export function unfilterBridges(sys: Sys): void {
  const { bridges, tagged } = readOurs(sys)
  // One that is gone took it along.
  for (const bridge of bridges) sys.run(call(bridge, '0'))
  if (tagged) set(sys, TAGGED, '0')
  sys.remove(RECORD)
}
