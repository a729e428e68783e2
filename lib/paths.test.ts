import { expect, test } from 'vitest'
import { paths } from './paths.ts'

test('every path, so that a moved page is seen in review', () => {
  const built = Object.fromEntries(
    Object.entries(paths).map(([name, build]) => [name, (build as (id: string) => string)('a b/c')]),
  )
  expect(built).toMatchInlineSnapshot(`
    {
      "addresses": "/addresses",
      "audit": "/audit",
      "backups": "/backups",
      "firewallSet": "/firewall/a%20b%2Fc",
      "firewallSetNew": "/firewall/new",
      "firewallSets": "/firewall",
      "home": "/",
      "host": "/hosts/a%20b%2Fc",
      "hostBalance": "/hosts/balance",
      "hostEvacuation": "/hosts/a%20b%2Fc/evacuation",
      "hostGroups": "/hosts/groups",
      "hostNew": "/hosts/new",
      "hosts": "/hosts",
      "operation": "/operations/a%20b%2Fc",
      "operations": "/operations",
      "plan": "/plans/a%20b%2Fc",
      "planNew": "/plans/new",
      "planVersionNew": "/plans/a%20b%2Fc/new-version",
      "plans": "/plans",
      "pool": "/addresses/a%20b%2Fc",
      "setup": "/setup",
      "signIn": "/sign-in",
      "template": "/templates/a%20b%2Fc",
      "templateNew": "/templates/new",
      "templates": "/templates",
      "ve": "/ves/a%20b%2Fc",
      "veBackups": "/ves/a%20b%2Fc/backups",
      "veBootLog": "/ves/a%20b%2Fc/boot-log",
      "veConsole": "/ves/a%20b%2Fc/console",
      "veDevices": "/ves/a%20b%2Fc/devices",
      "veFirewall": "/ves/a%20b%2Fc/firewall",
      "veMove": "/ves/a%20b%2Fc/move",
      "veNetwork": "/ves/a%20b%2Fc/network",
      "veNew": "/ves/new",
      "vePlan": "/ves/a%20b%2Fc/plan",
      "veQuota": "/ves/a%20b%2Fc/quota",
      "veResources": "/ves/a%20b%2Fc/resources",
      "veSettings": "/ves/a%20b%2Fc/settings",
      "veSnapshots": "/ves/a%20b%2Fc/snapshots",
      "veUsage": "/ves/a%20b%2Fc/usage",
      "ves": "/ves",
    }
  `)
})
