import { parseIpJson } from '../sys/ip-json.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { type Link, linkUse } from './network-device-use.ts'

const SYSFS = '/sys/class/net'

export function isBridge(sys: Sys, name: string): boolean {
  return sys.stat(`${SYSFS}/${name}/bridge`) !== null
}

function uppers(sys: Sys, name: string): string[] {
  return sys
    .list(`${SYSFS}/${name}`)
    .filter((entry) => entry.startsWith('upper_'))
    .map((entry) => entry.slice('upper_'.length))
}

/** Of IPv4: those of IPv6 that come by themselves, link-local and multicast, are listed among the others. */
function routedDevices(sys: Sys): string[] {
  const lines = (sys.read('/proc/net/route') ?? '').split('\n').slice(1)
  return [...new Set(lines.map((line) => line.split('\t')[0] ?? '').filter((name) => name !== ''))]
}

export function hostLinks(sys: Sys): Link[] {
  return parseIpJson<Link>(mustRun(sys, ['ip', '-details', '-json', 'address']).stdout)
}

/** What holds it on the host; null when it is free. */
export function holdOfLink(sys: Sys, link: Link): string | null {
  return linkUse(link, {
    isBridge: isBridge(sys, link.ifname),
    uppers: uppers(sys, link.ifname),
    routes: routedDevices(sys),
  })
}
