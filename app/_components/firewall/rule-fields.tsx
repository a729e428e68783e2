'use client'
import {
  FIREWALL_ACTIONS,
  FIREWALL_PROTOCOL,
  FIREWALL_PROTOCOLS,
  type FirewallAction,
  type FirewallDirection,
  type FirewallProtocol,
} from '@/lib/contract/ve-firewall.ts'
import { SelectField, TextField } from '../../_forms/fields.tsx'
import type { RuleDraft } from './rule-draft.ts'

export const ACTION_LABEL: Record<FirewallAction, string> = {
  accept: 'Accept',
  drop: 'Drop silently',
  reject: 'Reject with an answer',
}
const DIRECTION: Record<FirewallDirection, { label: string; peers: string }> = {
  in: { label: 'In', peers: 'From' },
  out: { label: 'Out', peers: 'To' },
}

type RuleFieldsProps = { prefix: string; rule: RuleDraft; onChange: (rule: RuleDraft) => void }

export function RuleFields({ prefix, rule, onChange }: RuleFieldsProps) {
  const set = (part: Partial<RuleDraft>) => onChange({ ...rule, ...part })
  const ports = FIREWALL_PROTOCOL[rule.protocol].ports
  return (
    <div className="grid min-w-0 gap-3 sm:grid-cols-3">
      <SelectField
        name={`${prefix}.direction`}
        label="Direction"
        value={rule.direction}
        onChange={(event) => set({ direction: event.target.value as FirewallDirection })}
      >
        {Object.entries(DIRECTION).map(([value, { label }]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </SelectField>
      <SelectField
        name={`${prefix}.protocol`}
        label="Protocol"
        value={rule.protocol}
        onChange={(event) => {
          const protocol = event.target.value as FirewallProtocol
          set({ protocol, ports: FIREWALL_PROTOCOL[protocol].ports ? rule.ports : '' })
        }}
      >
        {FIREWALL_PROTOCOLS.map((protocol) => (
          <option key={protocol} value={protocol}>
            {FIREWALL_PROTOCOL[protocol].label}
          </option>
        ))}
      </SelectField>
      <SelectField
        name={`${prefix}.action`}
        label="Action"
        value={rule.action}
        onChange={(event) => set({ action: event.target.value as FirewallAction })}
      >
        {FIREWALL_ACTIONS.map((action) => (
          <option key={action} value={action}>
            {ACTION_LABEL[action]}
          </option>
        ))}
      </SelectField>
      <TextField
        name={`${prefix}.peers`}
        label={DIRECTION[rule.direction].peers}
        mono
        value={rule.peers}
        placeholder="anywhere"
        onChange={(event) => set({ peers: event.target.value })}
      />
      <TextField
        name={`${prefix}.ports`}
        label="Ports"
        mono
        value={rule.ports}
        placeholder={ports ? 'any, or 22 8000-8100' : 'none'}
        readOnly={!ports}
        onChange={(event) => set({ ports: event.target.value })}
      />
      <TextField
        name={`${prefix}.comment`}
        label="Comment"
        value={rule.comment}
        onChange={(event) => set({ comment: event.target.value })}
      />
    </div>
  )
}
