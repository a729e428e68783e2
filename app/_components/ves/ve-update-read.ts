/** The forms of a VE's settings as the commands want them. */

import { parseBytes } from '@/lib/contract/units.ts'
import { EXTRA_CAPABILITIES, VE_FEATURE_NAMES } from '@/lib/contract/ve-features.ts'
import { lines, megabits, number, text, words } from '../../_forms/read-form.ts'

type Read = { veId: string; change: Record<string, unknown> }
const changing = (form: FormData, change: Record<string, unknown>): Read => ({
  veId: text(form, 'veId'),
  change,
})

export const readAbout = (form: FormData): Read =>
  changing(form, {
    name: text(form, 'name'),
    description: text(form, 'description'),
    notes: String(form.get('notes') ?? ''),
    tags: words(text(form, 'tags')),
    spreadGroup: text(form, 'spreadGroup') || null,
  })

export const readBoot = (form: FormData): Read =>
  changing(form, { startOnBoot: form.get('startOnBoot') === 'on', bootOrder: number(form, 'bootOrder') })

export const readGuest = (form: FormData): Read =>
  changing(form, {
    hostname: text(form, 'hostname'),
    dns: { servers: words(text(form, 'dns.servers')), search: words(text(form, 'dns.search')) },
  })

/** Not trimmed: a space may be part of a password. Nothing typed leaves what is there. */
export function readAccess(form: FormData): Read {
  const rootPassword = String(form.get('rootPassword') ?? '')
  const sshKeys = lines(text(form, 'sshKeys'))
  return changing(form, {
    ...(rootPassword === '' ? {} : { rootPassword }),
    ...(sshKeys.length === 0 ? {} : { sshKeys }),
  })
}

export const readFeatures = (form: FormData): Read =>
  changing(form, {
    features: {
      ...Object.fromEntries(VE_FEATURE_NAMES.map((name) => [name, form.get(`features.${name}`) === 'on'])),
      capabilities: EXTRA_CAPABILITIES.filter((name) => form.get(`features.capabilities.${name}`) === 'on'),
      nfs: lines(text(form, 'features.nfs')).map(nfsMount),
    },
  })

/** "server:/export /path ro" */
function nfsMount(line: string): Record<string, unknown> {
  const [, server, exported, path, how] = /^(\S+?):(\/\S*)\s+(\S+)(?:\s+(ro|rw))?$/.exec(line) ?? []
  return { server: server ?? line, export: exported ?? '', path: path ?? '', readOnly: how === 'ro' }
}

/** "devices.0.path", "devices.0.access" and so on; "networkDevices.0.device", "networkDevices.0.ifname". */
export const readDevices = (form: FormData): Read =>
  changing(form, {
    devices: rows(form, 'devices', ['path', 'access']),
    networkDevices: rows(form, 'networkDevices', ['device', 'ifname']),
  })

function rows(form: FormData, list: string, names: readonly string[]): Record<string, string>[] {
  const read: Record<string, string>[] = []
  for (let index = 0; form.has(`${list}.${index}.${names[0]}`); index += 1)
    read.push(Object.fromEntries(names.map((name) => [name, text(form, `${list}.${index}.${name}`)])))
  return read
}

export const readTraffic = (form: FormData): Read => {
  const limit = text(form, 'limitBytes')
  return changing(form, {
    // What is no size is no number either: the schema says so at the field.
    limitBytes: limit === '' ? null : (parseBytes(limit) ?? Number.NaN),
    action: text(form, 'action'),
    throttleBits: megabits(form, 'throttleBits') ?? 0,
    resetDay: number(form, 'resetDay'),
  })
}
