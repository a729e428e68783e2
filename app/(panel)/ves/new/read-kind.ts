import { SYSTEM_NAMESPACES, VE_NAMESPACES } from '@/lib/contract/ve-application.ts'
import { VE_FEATURE_NAMES } from '@/lib/contract/ve-features.ts'
import { lines, number, text } from '../../../_forms/read-form.ts'

/** The kind, and of an application what it runs and what is its own. A box that was not shown stays as a system has it. */
export function readKind(form: FormData): Record<string, unknown> {
  if (text(form, 'kind') !== 'application') return readClocks(form)
  const offered = text(form, 'offered').split(' ')
  const own = VE_NAMESPACES.filter((name) => {
    if (offered.includes(name)) return form.get(`namespaces.${name}`) === 'on'
    return SYSTEM_NAMESPACES.includes(name)
  })
  return {
    kind: 'application',
    namespaces: own,
    application: {
      command: lines(text(form, 'application.command')),
      environment: environment(text(form, 'application.environment')),
      workingDirectory: text(form, 'application.workingDirectory'),
      uid: number(form, 'application.uid'),
      gid: number(form, 'application.gid'),
    },
  }
}

/** All that a system may choose of its namespaces. */
const readClocks = (form: FormData): Record<string, unknown> =>
  form.get('namespaces.time') === 'on' ? { namespaces: [...SYSTEM_NAMESPACES, 'time'] } : {}

function environment(typed: string): Record<string, string> {
  return Object.fromEntries(
    lines(typed).map((line) => {
      const at = line.indexOf('=')
      return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)]
    }),
  )
}

export function readFeatures(form: FormData): Record<string, boolean> {
  return Object.fromEntries(VE_FEATURE_NAMES.map((name) => [name, form.get(`features.${name}`) === 'on']))
}
