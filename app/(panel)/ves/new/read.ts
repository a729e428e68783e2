/** The create form as the command wants it. Sizes are typed as text ("512M", "4 GiB"). */
import { Problem } from '@/lib/contract/problem.ts'
import { parseBytes } from '@/lib/contract/units.ts'
import { readInterfaces } from '../../../_components/ves/ve-interface-read.ts'
import { lines, number, text, words } from '../../../_forms/read-form.ts'
import { readFeatures, readKind } from './read-kind.ts'

const SIZES = ['memoryBytes', 'diskBytes', 'swapBytes'] as const
const COUNTS = ['processes', 'cpuUnits', 'cpuLimitPercent'] as const

/** Throws `invalid-input` for a size that is none; everything else is the schema's to judge. */
export function readVeForm(form: FormData): Record<string, unknown> {
  const given = (name: string) => text(form, name) || undefined
  const count = (name: string) => number(form, name)
  const servers = words(text(form, 'dns.servers'))
  const search = words(text(form, 'dns.search'))
  return defined({
    name: text(form, 'name'),
    hostname: text(form, 'hostname'),
    templateId: text(form, 'templateId'),
    hostId: given('hostId'),
    veid: count('veid'),
    interfaces: readInterfaces(form),
    limits: limits(form, count),
    dns: servers.length + search.length > 0 ? { servers, search } : undefined,
    // Not trimmed: a space may be part of a password.
    rootPassword: String(form.get('rootPassword') ?? '') || undefined,
    sshKeys: lines(text(form, 'sshKeys')),
    start: form.get('start') === 'on',
    features: readFeatures(form),
    description: given('description'),
    tags: words(text(form, 'tags')),
    startOnBoot: form.get('startOnBoot') === 'on',
    bootOrder: count('bootOrder'),
    ...readKind(form),
  })
}

function limits(form: FormData, number: (name: string) => number | undefined) {
  const fields: Record<string, string> = {}
  const sizes = SIZES.map((name) => {
    const typed = text(form, `limits.${name}`)
    const bytes = typed === '' ? undefined : parseBytes(typed)
    if (bytes === null) fields[`limits.${name}`] = 'A size such as 512 MiB or 4G.'
    return [name, bytes] as const
  })
  const names = Object.keys(fields)
  if (names.length > 0) throw new Problem('invalid-input', `Not valid: ${names.join(', ')}.`, { fields })
  const counts = COUNTS.map((name) => [name, number(`limits.${name}`)] as const)
  return defined(Object.fromEntries([...sizes, ...counts]))
}

const defined = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
