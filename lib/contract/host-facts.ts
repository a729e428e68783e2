/** Facts of a host, read by its agent. Bytes; everything a page or the placement needs to know without asking the host. */
import * as z from 'zod/mini'
import { ARCHES } from './arch.ts'
import { BEANCOUNTER_NAMES, BEANCOUNTER_STATUSES } from './beancounters.ts'

/** Programs, and libraries that programs load, on a host that Corral leans on; the record says what each is for and which Debian package brings it. */
export const HOST_TOOLS = {
  qjs: { package: 'quickjs', why: 'runs the agent', required: true },
  crun: { package: 'crun', why: 'starts VEs', required: true },
  ip: { package: 'iproute2', why: 'sets up interfaces and routes', required: true },
  nft: { package: 'nftables', why: 'filters packets', required: true },
  'mkfs.ext4': { package: 'e2fsprogs', why: 'makes disk images', required: true },
  btrfs: { package: 'btrfs-progs', why: 'keeps VEs in subvolumes of btrfs', required: false },
  setquota: { package: 'quota', why: 'limits inodes, users and groups of VEs', required: false },
  losetup: { package: 'mount', why: 'attaches disk images', required: true },
  nsenter: { package: 'util-linux', why: 'enters namespaces', required: true },
  'ssh-keygen': { package: 'openssh-client', why: 'makes the SSH host keys of VEs', required: true },
  conmon: { package: 'conmon', why: 'holds a VE’s console and tells how its init ended', required: true },
  lxcfs: { package: 'lxcfs', why: 'shows a VE its own memory, CPUs and uptime in /proc', required: false },
  tc: { package: 'iproute2', why: 'limits rates', required: false },
  'mount.nfs': { package: 'nfs-common', why: 'mounts NFS for VEs', required: false },
  apparmor_parser: { package: 'apparmor', why: 'confines VEs with AppArmor', required: false },
  perl: { package: 'perl-base', why: 'writes files inside VEs', required: true },
  mmdebstrap: { package: 'mmdebstrap', why: 'builds Debian templates', required: false },
  newuidmap: { package: 'uidmap', why: 'builds templates without root', required: false },
  criu: { package: 'criu', why: 'checkpoints and moves running VEs', required: false },
  'libcriu.so.2': { package: 'libcriu2', why: 'lets crun call criu', required: false },
  iptables: { package: 'iptables', why: 'lets criu hold the network still', required: false },
} as const satisfies Record<string, { package: string; why: string; required: boolean }>
export type HostTool = keyof typeof HOST_TOOLS
export const HOST_TOOL_NAMES = Object.keys(HOST_TOOLS) as [HostTool, ...HostTool[]]

export const hostFacts = z.object({
  hostname: z.string(),
  machineId: z.string(),
  /** /proc/sys/kernel/random/boot_id: another value means the host rebooted. */
  bootId: z.string(),
  machine: z.string(), // uname -m
  arch: z.nullable(z.enum(ARCHES)),
  kernel: z.string(),
  pageBytes: z.int(),
  distribution: z.object({ id: z.string(), version: z.string(), name: z.string() }),
  cpus: z.int(),
  /** Of those that are switched on, such as "0-3,8". */
  cpuList: z.string(),
  numaNodes: z.string(),
  cpuModel: z.string(),
  memoryBytes: z.int(),
  swapBytes: z.int(),
  cgroupVersion: z.union([z.literal(1), z.literal(2)]),
  /** What each parameter is here; `note` says what else there is to know. */
  beancounters: z.record(
    z.enum(BEANCOUNTER_NAMES),
    z.object({ status: z.enum(BEANCOUNTER_STATUSES), note: z.nullable(z.string()) }),
  ),
  vz: z.object({ fileSystem: z.string(), totalBytes: z.int(), freeBytes: z.int() }),
  /** Bridges that VEs may be put on; other network devices and what holds them (null: free to be given to a VE). */
  bridges: z.array(z.string()),
  networkDevices: z.array(z.object({ name: z.string(), mac: z.string(), usedFor: z.nullable(z.string()) })),
  /** Block and character devices that may be given to a VE; `usedFor` as above ("mounted on /srv"). */
  devices: z.array(
    z.object({
      path: z.string(),
      type: z.enum(['block', 'char']),
      sizeBytes: z.nullable(z.int()),
      usedFor: z.nullable(z.string()),
    }),
  ),
  /** Version text per tool, null when missing. */
  tools: z.record(z.enum(HOST_TOOL_NAMES), z.nullable(z.string())),
})
export type HostFacts = z.infer<typeof hostFacts>
