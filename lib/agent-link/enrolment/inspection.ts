/** Pure: what the inspection script printed, as facts. */
import { HOST_TOOL_NAMES, type HostTool } from '../../contract/host-facts.ts'
import { Problem } from '../../contract/problem.ts'
import type { Inspection } from '../../operations/host-access.ts'

export type Inspected = Omit<Inspection, 'root'>

/** Throws `unsupported-host` when even the kernel's name is missing: then it was no Unix that answered. */
export function parseInspection(output: string): Inspected {
  const values = new Map<string, string>()
  const tools = new Set<string>()
  for (const line of output.split('\n')) {
    const [, key, value] = /^([A-Za-z_-]+)=(.*)$/.exec(line.trim()) ?? []
    if (key === undefined || value === undefined) continue
    if (key === 'tool') tools.add(value)
    else values.set(key, value.replace(/^"(.*)"$/, '$1'))
  }
  const kernel = values.get('kernel')
  if (!kernel)
    throw new Problem('unsupported-host', 'The host does not answer like a Linux system.', {
      context: { output: output.slice(0, 500) },
    })
  const cgroups = values.get('cgroups')
  return {
    machine: values.get('machine') ?? '',
    kernel,
    distribution: {
      id: values.get('os-ID') ?? 'unknown',
      version: values.get('os-VERSION_ID') ?? '',
      name: values.get('os-PRETTY_NAME') ?? 'An unknown distribution',
    },
    packageManager: values.get('manager') ?? null,
    tools: Object.fromEntries(HOST_TOOL_NAMES.map((tool) => [tool, tools.has(tool)])) as Record<
      HostTool,
      boolean
    >,
    rootFreeBytes: Number(values.get('root-free-kib') ?? 0) * 1024,
    vzFreeBytes: Number(values.get('vz-free-kib') ?? 0) * 1024,
    cgroups: cgroups === 'v1' || cgroups === 'v2' ? cgroups : 'none',
    userNamespaces: Number(values.get('user-namespaces') ?? 0) > 0,
  }
}
