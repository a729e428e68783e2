/** What is written down for good of who came in and did what. Closed; database values are append-only. Browser-safe. */

export const AUDIT_ACTION = {
  'sign-in': { label: 'Signed in' },
  'terminal-open': { label: 'Opened a terminal' },
  'terminal-close': { label: 'Closed a terminal' },
  've-create': { label: 'Created' },
  've-exec': { label: 'Ran a command' },
  've-rescue': { label: 'Started in rescue' },
  've-hibernate': { label: 'Hibernated' },
  've-resume': { label: 'Resumed' },
  've-discard-memory': { label: 'Threw its saved memory away' },
  've-suspend': { label: 'Suspended' },
  've-unsuspend': { label: 'Lifted the suspension' },
  've-destroy': { label: 'Destroyed' },
  've-access': { label: 'Set the root password or SSH keys' },
  've-rename': { label: 'Renamed' },
  've-quota': { label: 'Changed the quota of a user or group inside' },
  've-limits': { label: 'Changed the limits' },
  've-traffic': { label: 'Changed the traffic limit' },
  've-interfaces': { label: 'Changed the interfaces' },
  'device-grant': { label: 'Granted a device' },
  'device-revoke': { label: 'Took a device away' },
  'privilege-change': { label: 'Changed what it shares or may do' },
  'firewall-change': { label: 'Changed the firewall' },
  'firewall-set-change': { label: 'Changed a firewall rule set' },
  'pool-change': { label: 'Changed an address pool' },
  'plan-change': { label: 'Changed a plan' },
  've-plan': { label: 'Gave it a plan' },
  'host-group-change': { label: 'Changed a host group' },
} as const satisfies Record<string, { label: string }>
export type AuditAction = keyof typeof AUDIT_ACTION
export const AUDIT_ACTIONS = Object.keys(AUDIT_ACTION) as [AuditAction, ...AuditAction[]]
