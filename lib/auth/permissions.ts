/** What may be done, and which role may do it: one table, browser-safe. */

/** The sentence completes "Whoever has this may …". */
export const PERMISSIONS = {
  've:read': 'see VEs, their limits, addresses and state',
  've:create': 'create VEs',
  've:operate': 'start and stop VEs',
  've:configure': 'change VEs: host name, features, interfaces, firewall',
  've:console': 'open terminals and run commands as root in VEs',
  've:suspend': 'suspend VEs and lift that',
  've:destroy': 'destroy VEs together with their data',
  'host:read': 'see hosts, what they can do and how full they are',
  'host:manage': 'add, refresh, upgrade and remove hosts',
  'template:read': 'see templates and the hosts that have them',
  'template:manage': 'make, build and remove templates',
  'plan:read': 'see plans and what they give',
  'plan:manage': 'make plans and new versions of them, roll them out and remove them',
  'address:read': 'see address pools and how much of them is used',
  'address:manage': 'make address pools',
  'operation:read': 'see operations, their steps and their logs',
  'operation:manage': 'cancel, retry and release operations',
  'audit:read': 'see who did what',
} as const satisfies Record<string, string>

export type Permission = keyof typeof PERMISSIONS
export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as [Permission, ...Permission[]]

export const ROLES = ['admin', 'operator', 'viewer'] as const
export type Role = (typeof ROLES)[number]

/** Exhaustive on both sides: a new role or permission does not compile until somebody decides here. */
export const ROLE_MAY: Record<Role, Record<Permission, boolean>> = {
  admin: {
    've:read': true,
    've:create': true,
    've:operate': true,
    've:configure': true,
    've:console': true,
    've:suspend': true,
    've:destroy': true,
    'host:read': true,
    'host:manage': true,
    'template:read': true,
    'template:manage': true,
    'plan:read': true,
    'plan:manage': true,
    'address:read': true,
    'address:manage': true,
    'operation:read': true,
    'operation:manage': true,
    'audit:read': true,
  },
  operator: {
    've:read': true,
    've:create': true,
    've:operate': true,
    've:configure': true,
    've:console': true,
    've:suspend': false,
    've:destroy': false,
    'host:read': true,
    'host:manage': false,
    'template:read': true,
    'template:manage': false,
    'plan:read': true,
    'plan:manage': false,
    'address:read': true,
    'address:manage': false,
    'operation:read': true,
    'operation:manage': false,
    'audit:read': true,
  },
  viewer: {
    've:read': true,
    've:create': false,
    've:operate': false,
    've:configure': false,
    've:console': false,
    've:suspend': false,
    've:destroy': false,
    'host:read': true,
    'host:manage': false,
    'template:read': true,
    'template:manage': false,
    'plan:read': true,
    'plan:manage': false,
    'address:read': true,
    'address:manage': false,
    'operation:read': true,
    'operation:manage': false,
    'audit:read': true,
  },
}
