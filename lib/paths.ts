/** Every URL of the panel, built in one place: a page that moves is changed here, and the snapshot test shows it. */
const at =
  (prefix: string) =>
  (id: string): string =>
    `${prefix}/${encodeURIComponent(id)}`

export const paths = {
  home: () => '/',
  signIn: () => '/sign-in',
  setup: () => '/setup',
  ves: () => '/ves',
  ve: at('/ves'),
  veNew: () => '/ves/new',
  veConsole: (id: string) => `${at('/ves')(id)}/console`,
  veResources: (id: string) => `${at('/ves')(id)}/resources`,
  vePlan: (id: string) => `${at('/ves')(id)}/plan`,
  veUsage: (id: string) => `${at('/ves')(id)}/usage`,
  veSnapshots: (id: string) => `${at('/ves')(id)}/snapshots`,
  veBackups: (id: string) => `${at('/ves')(id)}/backups`,
  veQuota: (id: string) => `${at('/ves')(id)}/quota`,
  veMove: (id: string) => `${at('/ves')(id)}/move`,
  veNetwork: (id: string) => `${at('/ves')(id)}/network`,
  veFirewall: (id: string) => `${at('/ves')(id)}/firewall`,
  veDevices: (id: string) => `${at('/ves')(id)}/devices`,
  veSettings: (id: string) => `${at('/ves')(id)}/settings`,
  veBootLog: (id: string) => `${at('/ves')(id)}/boot-log`,
  hosts: () => '/hosts',
  host: at('/hosts'),
  hostEvacuation: (id: string) => `${at('/hosts')(id)}/evacuation`,
  hostBalance: () => '/hosts/balance',
  hostNew: () => '/hosts/new',
  templates: () => '/templates',
  template: at('/templates'),
  templateNew: () => '/templates/new',
  plans: () => '/plans',
  plan: at('/plans'),
  planNew: () => '/plans/new',
  planVersionNew: (id: string) => `${at('/plans')(id)}/new-version`,
  backups: () => '/backups',
  operations: () => '/operations',
  operation: at('/operations'),
  addresses: () => '/addresses',
  pool: at('/addresses'),
  firewallSets: () => '/firewall',
  firewallSet: at('/firewall'),
  firewallSetNew: () => '/firewall/new',
  hostGroups: () => '/hosts/groups',
  audit: () => '/audit',
} as const

/** Its page with a host chosen. */
export const veMoveTo = (id: string, hostId: string): string =>
  `${paths.veMove(id)}?to=${encodeURIComponent(hostId)}`
