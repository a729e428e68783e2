/** What machine hosts are made from: Debian as it comes, its own kernel, systemd and cgroup v2. Built once per content, cached. */
import { createHash } from 'node:crypto'
import { copyFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { HOST_TOOLS } from '../contract/host-facts.ts'
import { debianSources } from '../lab/apt-sources.ts'
import { builtOnce } from '../lab/built-once.ts'
import { run } from '../lab/command.ts'

const SUITE = 'trixie'
/** Raise it when what this file does to a root changes. */
const VERSION = 1
const ROOT_BYTES = '4G'

/** QEMU from the same suite: that of Debian 12 corrupts its guests now and then. */
const QEMU_PACKAGES = ['qemu-system-x86', 'seabios']
const HOST_PACKAGES = [
  ...['linux-image-amd64', 'systemd-sysv', 'udev', 'dbus', 'openssh-server', 'ca-certificates'],
  ...['iproute2', 'iputils-ping', 'kmod', 'netbase', 'procps', 'xfsprogs', 'nfs-kernel-server'],
  ...Object.values(HOST_TOOLS).map((tool) => tool.package),
]

/** Of no use on a host that lives for a minute; the console has no terminal, and its getty would hang units up. */
const MASKED = [
  ...['systemd-timesyncd.service', 'apt-daily.timer', 'apt-daily-upgrade.timer', 'dpkg-db-backup.timer'],
  ...[
    'e2scrub_all.timer',
    'e2scrub_reap.service',
    'fstrim.timer',
    'serial-getty@ttyS0.service',
    'getty@tty1.service',
  ],
]

const FSTAB = '/dev/vda / ext4 errors=remount-ro 0 1\n/dev/vdb /vz xfs uquota,gquota,pquota 0 2\n'
const WIRED = '[Match]\nName=en* eth*\n[Network]\nDHCP=ipv4\n'
const SSHD = 'PermitRootLogin yes\nPasswordAuthentication yes\nUseDNS no\n'

export type MachineRoot = {
  /** A tree with QEMU in it, to be entered with chroot(8). */
  qemu: string
  kernel: string
  initrd: string
  /** An ext4 image without a root password; to be copied, not used. */
  disk: string
}

export async function ensureMachineRoot(cacheDir: string, signal?: AbortSignal): Promise<MachineRoot> {
  const content = JSON.stringify([VERSION, SUITE, QEMU_PACKAGES, HOST_PACKAGES, MASKED, FSTAB, WIRED, SSHD])
  const key = createHash('sha256').update(content).digest('hex').slice(0, 12)
  const dir = await builtOnce(
    path.join(cacheDir, 'machines', `${SUITE}-amd64-${key}`),
    (at) => build(at, signal),
    signal,
  )
  const at = (name: string) => path.join(dir, name)
  return { qemu: at('qemu'), kernel: at('vmlinuz'), initrd: at('initrd'), disk: at('root.img') }
}

async function build(dir: string, signal?: AbortSignal): Promise<void> {
  await debian(path.join(dir, 'qemu'), QEMU_PACKAGES, signal)
  const tree = path.join(dir, 'tree')
  await debian(tree, HOST_PACKAGES, signal)
  await makeHost(tree, signal)
  const boot = readdirSync(path.join(tree, 'boot'))
  const copy = (prefix: string, name: string) =>
    copyFileSync(
      path.join(tree, 'boot', boot.find((file) => file.startsWith(prefix)) ?? prefix),
      path.join(dir, name),
    )
  copy('vmlinuz-', 'vmlinuz')
  copy('initrd.img-', 'initrd')
  const disk = path.join(dir, 'root.img')
  await run(['truncate', '-s', ROOT_BYTES, disk], { signal })
  await run(['mkfs.ext4', '-q', '-F', '-d', tree, disk], { signal })
  rmSync(tree, { recursive: true })
}

async function debian(tree: string, packages: readonly string[], signal?: AbortSignal): Promise<void> {
  const include = [...new Set(packages)].join(',')
  const argv = ['mmdebstrap', '--mode=root', '--variant=minbase', `--include=${include}`]
  await run([...argv, SUITE, tree, debianSources().archive], { signal })
}

async function makeHost(tree: string, signal?: AbortSignal): Promise<void> {
  const write = (file: string, text: string) => writeFileSync(path.join(tree, file), text)
  write('etc/fstab', FSTAB)
  write('etc/hostname', 'machine1\n')
  write('etc/machine-id', '')
  write('etc/systemd/network/20-wired.network', WIRED)
  write('etc/ssh/sshd_config.d/machine.conf', SSHD)
  await run(['mkdir', '-p', path.join(tree, 'vz')], { signal })
  await run(['chroot', tree, 'systemctl', '-q', 'enable', 'systemd-networkd', 'ssh'], { signal })
  for (const unit of MASKED)
    await run(['ln', '-sf', '/dev/null', path.join(tree, 'etc/systemd/system', unit)], { signal })
}
