import {
  HOST_TOOL_NAMES,
  HOST_TOOLS,
  type HostFacts,
  type HostTool,
} from '../../../lib/contract/host-facts.ts'
import type { Sys } from '../sys/sys.ts'

const PROGRAMS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']
/** Where Debian, and others, have the libraries of an architecture that CRIU is there for. */
const LIBRARIES = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/powerpc64le-linux-gnu', '/usr/lib64', '/usr/lib']

/** Or library, by its name with the version of its interface. */
export function hasProgram(sys: Sys, name: string): boolean {
  const folders = /\.so\.\d+$/.test(name) ? LIBRARIES : PROGRAMS
  return folders.some((folder) => sys.stat(`${folder}/${name}`) !== null)
}

export function missingTools(sys: Sys, tools: readonly HostTool[]): HostTool[] {
  return tools.filter((tool) => !hasProgram(sys, tool))
}

/** "package version" lines, of the packages that are installed. */
export function parseDpkgVersions(text: string): Record<string, string> {
  const versions: Record<string, string> = {}
  for (const line of text.split('\n')) {
    const [name, status, version] = line.split(' ')
    if (name !== undefined && status === 'installed' && version) versions[name] = version
  }
  return versions
}

/** Versions as the package manager has them: one process instead of one per tool. */
export function toolVersions(sys: Sys): HostFacts['tools'] {
  const packages = [...new Set(HOST_TOOL_NAMES.map((tool) => HOST_TOOLS[tool].package))]
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own format
  const format = '${Package} ${db:Status-Status} ${Version}\n'
  const versions = hasProgram(sys, 'dpkg-query')
    ? parseDpkgVersions(sys.run(['dpkg-query', '-W', '-f', format, ...packages]).stdout)
    : {}
  const tools: Partial<HostFacts['tools']> = {}
  for (const tool of HOST_TOOL_NAMES) {
    tools[tool] = hasProgram(sys, tool) ? (versions[HOST_TOOLS[tool].package] ?? 'present') : null
  }
  return tools as HostFacts['tools']
}
