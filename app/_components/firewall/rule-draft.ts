import type { FirewallAction, FirewallDirection, FirewallProtocol } from '@/lib/contract/ve-firewall.ts'
import type { FirewallEntry } from '@/lib/firewall/resource.ts'

/** A rule as it is typed: lists are text until they are sent. `key` tells entries apart while they are moved about. */
export type RuleDraft = {
  key: number
  kind: 'rule'
  direction: FirewallDirection
  action: FirewallAction
  protocol: FirewallProtocol
  peers: string
  ports: string
  comment: string
}
export type SetDraft = { key: number; kind: 'set'; setId: string }
export type EntryDraft = RuleDraft | SetDraft

export function newRule(key: number): RuleDraft {
  return {
    key,
    kind: 'rule',
    direction: 'in',
    action: 'accept',
    protocol: 'tcp',
    peers: '',
    ports: '',
    comment: '',
  }
}

export function draftsOf(entries: readonly FirewallEntry[]): EntryDraft[] {
  return entries.map((entry, key) =>
    'setId' in entry
      ? { key, kind: 'set', setId: entry.setId }
      : {
          ...entry.rule,
          key,
          kind: 'rule',
          peers: entry.rule.peers.join(' '),
          ports: entry.rule.ports.join(' '),
        },
  )
}

const words = (value: string) => value.split(/[\s,]+/).filter(Boolean)

/** As the command wants them; what is not valid about them is the schema's to say. */
export function entriesOf(drafts: readonly EntryDraft[]): unknown[] {
  return drafts.map((draft) => {
    if (draft.kind === 'set') return { setId: draft.setId }
    const { key: _key, kind: _kind, peers, ports, ...rule } = draft
    return { rule: { ...rule, peers: words(peers), ports: words(ports) } }
  })
}

/** The same of a list that holds rules only. */
export function rulesOf(drafts: readonly EntryDraft[]): unknown[] {
  return entriesOf(drafts).map((entry) => (entry as { rule: unknown }).rule)
}

export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list]
  const [item] = next.splice(from, 1)
  if (item !== undefined) next.splice(to, 0, item)
  return next
}
