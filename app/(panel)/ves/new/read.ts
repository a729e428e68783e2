/** The create form as the command wants it. Sizes are typed as text ("512M", "4 GiB"). */
import { readGivenLimits } from '../../../_components/resources/limits-read.ts'
import { readInterfaces } from '../../../_components/ves/ve-interface-read.ts'
import { lines, number, text, words } from '../../../_forms/read-form.ts'
import { readFeatures, readKind } from './read-kind.ts'

/** Throws `invalid-input` for a limit that cannot be read; everything else is the schema's to judge. */
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
    planId: given('planId'),
    storage: given('storage'),
    limits: readGivenLimits(form),
    dns: servers.length + search.length > 0 ? { servers, search } : undefined,
    // Not trimmed: a space may be part of a password.
    rootPassword: String(form.get('rootPassword') ?? '') || undefined,
    sshKeys: lines(text(form, 'sshKeys')),
    start: form.get('start') === 'on',
    features: readFeatures(form),
    description: given('description'),
    tags: words(text(form, 'tags')),
    spreadGroup: given('spreadGroup'),
    startOnBoot: form.get('startOnBoot') === 'on',
    bootOrder: count('bootOrder'),
    ...readKind(form),
  })
}

const defined = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
