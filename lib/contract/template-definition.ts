/** Template metadata: what a template cache is built from. */
import * as z from 'zod/mini'
import { ARCHES } from './arch.ts'

export const DEBIAN_SUITES = ['bookworm', 'trixie', 'forky', 'sid'] as const

/** Debian package name (Debian Policy 5.6.7). Never starts with a dash. */
const packageName = z.string().check(z.regex(/^[a-z0-9][a-z0-9+.-]{1,63}$/, 'A Debian package name.'))

export const templateDefinition = z.object({
  family: z.literal('debian'),
  suite: z.enum(DEBIAN_SUITES),
  arch: z.enum(ARCHES),
  /** sysvinit runs on every host; systemd needs cgroup v2. */
  init: z.enum(['sysvinit', 'systemd']),
  packages: z.array(packageName).check(z.maxLength(500)),
})
export type TemplateDefinition = z.infer<typeof templateDefinition>

/** The file name of a template's cache on a host; also what VE creation asks for. */
export const cacheName = z.string().check(z.regex(/^[a-z0-9][a-z0-9.-]{0,127}$/))
