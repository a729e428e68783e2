/** A VE's firewall on the host: out of reach of the VE's root, in force from before its init starts until it is off the kernel. */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { NO_FIREWALL, type VeFirewall } from '../../../lib/contract/ve-firewall.ts'
import type { VeInterface } from '../../../lib/contract/ve-interface.ts'
import { withLock } from '../lock.ts'
import { ensureDirectory, readJson, replaceFile } from '../sys/files.ts'
import { tail } from '../sys/run.ts'
import type { RunResult, Sys } from '../sys/sys.ts'
import { filterBridges, unfilterBridges } from './firewall-bridges.ts'
import { emptyTableText, type FirewallFamily } from './firewall-tables.ts'
import { type FirewallText, familiesOf, firewallText } from './firewall-text.ts'

type Filtered = { veid: number; interfaces: readonly VeInterface[]; firewall: VeFirewall }

/** Which tables may hold something of a VE: written before the first change, cleared by a reboot as they are. */
const FOLDER = `${HOST_PATHS.run}/network`
const record = (veid: number) => `${FOLDER}/${veid}-firewall.json`
const presentFamilies = (sys: Sys, veid: number) => readJson<FirewallFamily[]>(sys, record(veid)) ?? []

/**
 * Brings the firewall to what the spec says, all of it or nothing: throws `firewall-refused`, naming the rule, when nft(8)
 * refuses. The host's ends of the interfaces need not be there. Costs nothing for a VE that never had one.
 */
export function convergeFirewall(sys: Sys, spec: Filtered): void {
  const wanted = familiesOf(spec.interfaces, spec.firewall)
  const present = presentFamilies(sys, spec.veid)
  const touched = [...new Set([...wanted, ...present])]
  if (touched.length === 0) return
  const work = () => change(sys, spec, wanted, touched)
  if (touched.includes('bridge')) {
    withLock(sys, 'filtered-bridges', 'The firewall on bridges', `VE ${spec.veid}`, work)
  } else work()
}

export const attachFirewall = convergeFirewall

/** Harmless when there is nothing. */
export function detachFirewall(sys: Sys, veid: number): void {
  convergeFirewall(sys, { veid, interfaces: [], firewall: NO_FIREWALL })
}

function change(sys: Sys, spec: Filtered, wanted: FirewallFamily[], touched: FirewallFamily[]): void {
  ensureDirectory(sys, FOLDER)
  replaceFile(sys, record(spec.veid), JSON.stringify(touched))
  const bridged = spec.interfaces.flatMap((each) => (each.kind === 'bridged' ? [each] : []))
  if (wanted.includes('bridge')) {
    const tagged = bridged.some(({ vlan }) => vlan !== null)
    filterBridges(sys, [...new Set(bridged.map(({ bridge }) => bridge))], tagged)
  }
  const text = firewallText(spec.veid, spec.interfaces, spec.firewall, touched)
  const result = sys.run(['nft', '-f', '-'], { stdin: text.text })
  if (result.code !== 0) throw refused(text, result)
  for (const family of touched.filter((each) => !wanted.includes(each))) {
    const gone = sys.run(['nft', '-f', '-'], { stdin: emptyTableText(family) }).code === 0
    if (gone && family === 'bridge') unfilterBridges(sys)
  }
  if (wanted.length === 0) sys.remove(record(spec.veid))
  else replaceFile(sys, record(spec.veid), JSON.stringify(wanted))
}

/** nft says "/dev/stdin:LINE:FROM-TO: Error: MESSAGE" for each line that it refuses. */
function refused({ ruleOf }: FirewallText, result: RunResult): Problem {
  const fields: Record<string, string> = {}
  let first: string | null = null
  for (const [, line, message = ''] of result.stderr.matchAll(/^\S+?:(\d+):\d+-\d+: Error: (.*)$/gm)) {
    const rule = ruleOf.get(Number(line))
    first ??= message
    if (rule !== undefined) fields[`firewall.rules.${rule}`] ??= message
  }
  const marked = Object.keys(fields).length > 0
  return new Problem(
    'firewall-refused',
    `nftables on the host refuses: ${first ?? `exit code ${result.code}`}`,
    {
      ...(marked ? { fields } : {}),
      context: { stderrTail: tail(result.stderr) },
    },
  )
}
