/** A machine host: QEMU, by software emulation, runs Debian as a customer's host would. Reached over loopback only. */
import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { run } from '../lab/command.ts'
import { openHostShell, type ShellAddress } from '../lab/host-shell.ts'
import { startDetached } from '../lab/lab-process.ts'
import { identityOf, isAlive, type ProcessIdentity, signalProcess } from '../setup/process-identity.ts'
import { ensureMachineRoot, type MachineRoot } from './machine-root.ts'

const VZ_BYTES = '8G'
/** A disk that nobody uses, to be given away. */
const SPARE_BYTES = '64M'
const BOOT_TIMEOUT_MS = 480_000
const STOP_TIMEOUT_MS = 10_000

export type MachineHost = ShellAddress & { stop(): Promise<void> }

export type MachineRequest = {
  /** The machine's own directory; made, and removed when it stops. */
  dir: string
  cacheDir: string
  sshPort: number
  memoryMib: number
  /** Files of this machine that are to be on /vz when it boots: a path below /vz, and where it is. */
  vzFiles: readonly { path: string; from: string }[]
  signal?: AbortSignal
}

export async function bootMachine(request: MachineRequest): Promise<MachineHost> {
  const root = await ensureMachineRoot(request.cacheDir, request.signal)
  mkdirSync(request.dir, { recursive: true, mode: 0o700 })
  const rootPassword = randomBytes(12).toString('base64url')
  await makeDisks(request, root, rootPassword)
  const qemu = startQemu(request, root)
  const stop = async () => {
    await end(qemu)
    rmSync(request.dir, { recursive: true, force: true })
  }
  const address = { address: '127.0.0.1', sshPort: request.sshPort, rootPassword }
  try {
    await answers(address, qemu, request.signal)
    return { ...address, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function makeDisks(request: MachineRequest, root: MachineRoot, rootPassword: string): Promise<void> {
  const { dir, signal } = request
  const [disk, vz, mount] = ['root.img', 'vz.img', 'mount'].map((name) => path.join(dir, name)) as [
    string,
    string,
    string,
  ]
  await run(['cp', '--sparse=always', '--reflink=auto', root.disk, disk], { signal })
  await run(['truncate', '-s', VZ_BYTES, vz], { signal })
  await run(['truncate', '-s', SPARE_BYTES, path.join(dir, 'spare.img')], { signal })
  await run(['mkfs.xfs', '-q', '-f', '-m', 'reflink=1', vz], { signal })
  mkdirSync(mount, { recursive: true })
  await mounted(disk, mount, () =>
    run(['chroot', mount, 'chpasswd', '--crypt-method', 'SHA512'], { input: `root:${rootPassword}\n` }),
  )
  await mounted(vz, mount, async () => {
    for (const { path: name, from } of request.vzFiles) {
      mkdirSync(path.dirname(path.join(mount, name)), { recursive: true, mode: 0o700 })
      await run(['cp', '--sparse=always', from, path.join(mount, name)], { signal })
    }
  })
}

async function mounted(image: string, at: string, task: () => Promise<unknown>): Promise<void> {
  await run(['mount', '-o', 'loop', image, at])
  try {
    await task()
  } finally {
    await run(['umount', at])
  }
}

/** In a mount namespace of its own, chrooted into the tree that has QEMU: what is mounted there ends with it. */
const ENTER = `
set -eu
mkdir -p "$1/machine" "$1/base"
mount --bind "$2" "$1/machine"
mount --bind "$3" "$1/base"
mount --rbind /dev "$1/dev"
mount -t proc proc "$1/proc"
tree=$1
shift 3
exec chroot "$tree" "$@"
`

function startQemu({ dir, sshPort, memoryMib }: MachineRequest, root: MachineRoot): ProcessIdentity {
  const drive = (name: string) => ['-drive', `file=/machine/${name},format=raw,if=virtio,cache=unsafe`]
  const qemu = [
    ...['qemu-system-x86_64', '-machine', 'pc', '-accel', 'tcg', '-cpu', 'Nehalem', '-smp', '1'],
    ...['-m', String(memoryMib), '-nodefaults', '-no-reboot', '-display', 'none'],
    ...['-kernel', '/base/vmlinuz', '-initrd', '/base/initrd'],
    // systemd gives up on a disk after 90 s, which emulation on a busy machine may take.
    ...[
      '-append',
      'root=/dev/vda rw console=ttyS0 quiet systemd.default_device_timeout_sec=600 systemd.default_timeout_start_sec=600',
    ],
    ...drive('root.img'),
    ...drive('vz.img'),
    ...drive('spare.img'),
    // No way out: the machine sees nobody, and only this machine's loopback sees it.
    ...['-netdev', `user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:${sshPort}-:22`],
    ...['-device', 'virtio-net-pci,netdev=net,romfile=', '-device', 'virtio-rng-pci'],
    ...['-serial', 'file:/machine/serial.log'],
  ]
  const log = openSync(path.join(dir, 'qemu.log'), 'a')
  const namespace = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', ENTER, 'machine']
  const argv = [...namespace, root.qemu, dir, path.dirname(root.kernel), ...qemu]
  const child = startDetached(argv, ['ignore', log, log])
  closeSync(log)
  const identity = child.pid === undefined ? undefined : identityOf(child.pid)
  if (!identity) throw new Error(`QEMU did not start: see ${path.join(dir, 'qemu.log')}`)
  return identity
}

async function answers(address: ShellAddress, qemu: ProcessIdentity, signal?: AbortSignal): Promise<void> {
  const deadline = Date.now() + BOOT_TIMEOUT_MS
  while (Date.now() < deadline) {
    signal?.throwIfAborted()
    if (!isAlive(qemu)) throw new Error('The machine ended while it booted.')
    const shell = await openHostShell(address).catch(() => null)
    if (shell) return shell.close()
    await sleep(1_000)
  }
  throw new Error(`The machine did not answer within ${BOOT_TIMEOUT_MS / 1000} s.`)
}

async function end(qemu: ProcessIdentity): Promise<void> {
  const deadline = Date.now() + STOP_TIMEOUT_MS
  signalProcess(qemu, 'SIGTERM')
  while (isAlive(qemu) && Date.now() < deadline) await sleep(50)
  signalProcess(qemu, 'SIGKILL')
  while (isAlive(qemu)) await sleep(50)
}
