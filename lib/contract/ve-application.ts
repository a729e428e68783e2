/** Application containers: one program in as many namespaces as are asked for, without init. */
import * as z from 'zod/mini'

export const VE_KINDS = ['system', 'application'] as const
export type VeKind = (typeof VE_KINDS)[number]

export const VE_KIND: Record<VeKind, { label: string; hint: string }> = {
  system: {
    label: 'System',
    hint: 'A whole system with init, services and its own users: a server to its owner.',
  },
  application: { label: 'Application', hint: 'One program; you choose what it shares with the host.' },
}

/** `shared`: what it means to do without this namespace. The mount namespace is always its own: its root file system is. */
export const VE_NAMESPACE = {
  pid: { label: 'Processes', shared: 'It sees all processes of the host, and of every VE.' },
  ipc: { label: 'IPC', shared: 'It shares System V IPC and POSIX message queues with the host.' },
  uts: { label: 'Host name', shared: 'It has the host’s name.' },
  network: {
    label: 'Network',
    shared:
      'It uses the host’s interfaces, addresses, ports and abstract sockets. No firewall or traffic count of its own.',
  },
  user: {
    label: 'Users',
    shared:
      'Root in it is root on the host, with few capabilities: a fault in the program is a fault of the host.',
  },
  cgroup: { label: 'Control groups', shared: 'It sees the control groups of the host.' },
  time: { label: 'Clocks', shared: 'Its monotonic and boot-time clocks are the host’s.' },
} as const satisfies Record<string, { label: string; shared: string }>
export type VeNamespace = keyof typeof VE_NAMESPACE
export const VE_NAMESPACES = Object.keys(VE_NAMESPACE) as [VeNamespace, ...VeNamespace[]]

/** What a system container has, beside mount; `time` where it is asked for. */
export const SYSTEM_NAMESPACES: readonly VeNamespace[] = ['pid', 'ipc', 'uts', 'network', 'user', 'cgroup']

/** Without one of these it meets processes, ids or networks of the host and of other VEs: only the provider lets it. */
export const SEALING_NAMESPACES: readonly VeNamespace[] = ['user', 'network', 'pid', 'ipc', 'cgroup']

const plainText = z
  .string()
  .check(z.maxLength(4096, 'At most 4096 characters.'), z.regex(/^[^\0]*$/, 'No NUL.'))

/** Program and arguments: no shell takes them apart. */
export const commandLine = z.array(plainText).check(
  z.minLength(1, 'Give a program.'),
  z.maxLength(64, 'At most 64 words.'),
  z.refine((words) => /^[^\0=]+$/.test(words[0] ?? ''), 'Give a program.'),
)

export const environment = z.record(
  z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'A variable’s name.')),
  plainText,
)

export const veApplication = z.object({
  command: commandLine,
  environment,
  workingDirectory: z.string().check(z.regex(/^\/[^\0]{0,254}$/, 'An absolute path.')),
  /** Ids inside. */
  uid: z.int().check(z.gte(0), z.lt(65_536)),
  gid: z.int().check(z.gte(0), z.lt(65_536)),
})
export type VeApplication = z.infer<typeof veApplication>
