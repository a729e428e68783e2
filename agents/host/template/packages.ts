import type { TemplateDefinition } from '../../../lib/contract/template-definition.ts'

/** What makes a Debian root a VE that is reached over SSH. */
const BASE = [
  'ca-certificates',
  'ifupdown',
  'iproute2',
  'iputils-ping',
  'less',
  'netbase',
  'openssh-server',
  'procps',
]

const INIT: Record<TemplateDefinition['init'], string[]> = {
  sysvinit: ['sysvinit-core'],
  systemd: ['systemd-sysv', 'dbus'],
}

export function packagesFor(definition: TemplateDefinition): string[] {
  return [...new Set([...INIT[definition.init], ...BASE, ...definition.packages])]
}
