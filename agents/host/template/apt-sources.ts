/** Where the host gets its packages is where its templates come from: mirror and proxy are read from its apt. */
import { DEBIAN_SUITES, type TemplateDefinition } from '../../../lib/contract/template-definition.ts'

export type AptTarget = { uri: string; release: string; component: string }

/** What `apt-get indextargets` is asked to print, and understood below. */
export const INDEX_TARGETS = [
  'apt-get',
  'indextargets',
  '--no-release-info',
  '--format',
  '$(REPO_URI) $(RELEASE) $(COMPONENT)',
  'Created-By: Packages',
] as const

export function parseIndexTargets(text: string): AptTarget[] {
  return text
    .split('\n')
    .map((line) => line.trim().split(' '))
    .filter((fields) => fields.length === 3)
    .map(([uri = '', release = '', component = '']) => ({ uri, release, component }))
    .filter(({ uri }) => /^https?:/.test(uri))
}

const SUITE_NAMES: readonly string[] = [...DEBIAN_SUITES, 'oldstable', 'stable', 'testing', 'unstable']
/** Suites that are released: they have updates and security fixes of their own. */
const RELEASED: readonly TemplateDefinition['suite'][] = ['bookworm', 'trixie']

/** Lines for sources.list, from the host's own mirrors; empty when the host's apt knows no Debian mirror. */
export function sourceLines(targets: readonly AptTarget[], suite: TemplateDefinition['suite']): string[] {
  const main = targets.filter(({ component }) => component === 'main')
  const mirror = main.find(({ release }) => SUITE_NAMES.includes(release))?.uri
  if (mirror === undefined) return []
  const security = main.find(({ release }) => /-security$/.test(release))?.uri
  if (!RELEASED.includes(suite)) return [`deb ${mirror} ${suite} main`]
  return [
    `deb ${mirror} ${suite} main`,
    `deb ${mirror} ${suite}-updates main`,
    ...(security === undefined ? [] : [`deb ${security} ${suite}-security main`]),
  ]
}

/** The lines of `apt-config dump` that a build needs to reach the mirror: proxies, and leave to use stale indexes. */
export function transportOptions(dump: string): string[] {
  return dump
    .split('\n')
    .filter((line) => /^Acquire::(https?::(\S+::)?Proxy|Check-Valid-Until|Retries) "[^"]+";$/.test(line))
}
