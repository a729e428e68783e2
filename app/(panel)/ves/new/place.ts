/** Where the VE of the form may go, by what was chosen. Pure; the server judges again. */
import type { HostChoice, TemplateChoice } from './choices.ts'

/** Why the host cannot take this template; null when it can. */
export function hostObstacle(host: HostChoice, template: TemplateChoice | undefined): string | null {
  if (host.obstacle !== null) return host.obstacle
  if (!template?.hostIds.includes(host.id)) return 'template not built there'
  if (template.init === 'systemd' && host.cgroupVersion === 1) return 'systemd needs cgroup v2'
  return null
}

/** The chosen host, or all that could take the template. */
export function possibleHosts(
  hosts: readonly HostChoice[],
  template: TemplateChoice | undefined,
  hostId: string,
): HostChoice[] {
  if (hostId !== '') return hosts.filter(({ id }) => id === hostId)
  return hosts.filter((host) => hostObstacle(host, template) === null)
}
