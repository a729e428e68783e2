import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { isAlive } from '../setup/process-identity.ts'
import { labFootprint, machineFootprint } from './footprint.ts'
import { hostFootprint } from './host-footprint.ts'
import { bootHost, killHost } from './host-power.ts'
import { type HostShell, openHostShell } from './host-shell.ts'
import { isOn } from './lab-host.ts'
import { labFile, type RaisedLab, readLab } from './lab-state.ts'
import { lowerLab } from './lower-lab.ts'
import type { LabProgress } from './progress.ts'
import { raiseLab } from './raise-lab.ts'

const LEAVE = `mkdir /vz/left && truncate -s 1M /vz/left/image && losetup -f /vz/left/image
cgroups=/sys/fs/cgroup; [ -d $cgroups/pids ] && cgroups=$cgroups/pids; mkdir $cgroups/left
mount -t tmpfs left /mnt; ip link add left type bridge; nft add table inet left`
const CLEAR = `losetup -j /vz/left/image | cut -d: -f1 | xargs losetup -d; rm -r /vz/left
cgroups=/sys/fs/cgroup; [ -d $cgroups/pids ] && cgroups=$cgroups/pids; rmdir $cgroups/left
umount /mnt; ip link del left; nft delete table inet left`

const temporary = (name: string) => mkdtempSync(path.join(tmpdir(), `corral-${name}-`))
const hostOf = (lab: { hosts: RaisedLab['hosts'] }, index: number) => {
  const host = lab.hosts[index]
  if (!host) throw new Error(`no host ${index}`)
  return host
}

async function withShell<T>(
  lab: RaisedLab,
  index: number,
  task: (shell: HostShell) => Promise<T>,
): Promise<T> {
  const shell = await openHostShell(hostOf(lab, index))
  try {
    return await task(shell)
  } finally {
    shell.close()
  }
}

const onHost = (lab: RaisedLab, index: number, ...argv: string[]) =>
  withShell(lab, index, (shell) => shell.execute(argv))

describe('a lab of two hosts', () => {
  const dir = temporary('lab')
  let lab: RaisedLab

  beforeAll(async () => {
    lab = await raiseLab({ dir, hosts: 2, name: 'test' })
  })
  afterAll(async () => {
    await lowerLab(dir, { erase: true })
    rmSync(dir, { recursive: true })
  })

  test('each is a host of its own: name, pid 1, cgroup, address, users', async () => {
    for (const [index, host] of lab.hosts.entries()) {
      expect((await onHost(lab, index, 'hostname')).trim()).toBe(`test${index + 1}`)
      expect((await onHost(lab, index, 'cat', '/proc/1/comm')).trim()).toBe('init')
      expect(await onHost(lab, index, 'ip', '-4', 'address', 'show', 'eth0')).toContain(
        `inet ${host.address}/24`,
      )
      expect(await onHost(lab, index, 'cat', '/etc/machine-id')).toMatch(/^[0-9a-f]{32}$/m)
      const cgroup = await onHost(lab, index, 'cat', '/proc/1/cgroup')
      expect(
        cgroup
          .trim()
          .split('\n')
          .map((line) => line.split(':')[2]),
      ).toEqual(
        cgroup
          .trim()
          .split('\n')
          .map(() => expect.stringMatching(/^\/(init\.scope)?$/)),
      )
      expect(readFileSync(`/proc/${host.init?.pid}/cgroup`, 'utf8')).toContain(
        `corral-lab-${lab.id}/${host.name}`,
      )
    }
    const keys = lab.hosts.map((host) => host.hostKeyFingerprint)
    expect(new Set(keys).size).toBe(2)
  })

  test('sees no process, mount or disk of the machine, and reaches the other host', async () => {
    const pids = (await onHost(lab, 0, 'ps', '-e', '-o', 'pid=')).trim().split('\n').map(Number)
    expect(pids).not.toContain(process.pid)
    expect(pids.length).toBeLessThan(15)
    expect(await onHost(lab, 0, 'cat', '/proc/self/mountinfo')).not.toContain('/old')
    const disk = readFileSync('/proc/partitions', 'utf8').match(/^\s*(\d+)\s+(\d+)\s+\d+\s+(?!loop)\w+$/m)
    if (disk && existsSync('/sys/fs/cgroup/devices')) {
      const node = onHost(lab, 0, 'mknod', '/tmp/disk', 'b', disk[1] ?? '', disk[2] ?? '')
      await expect(node).rejects.toThrow(/not permitted/)
    }
    await onHost(lab, 0, 'ping', '-c', '1', '-W', '2', hostOf(lab, 1).address)
  })

  test('reaps orphans', async () => {
    await onHost(lab, 0, 'sh', '-c', '(sleep 0.2 &) ; exit 0')
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(await onHost(lab, 0, 'ps', '-e', '-o', 'stat=,comm=')).not.toMatch(/^Z/m)
  })

  test('gets Debian packages through the cache, and nothing else from outside', async () => {
    const fetch = (url: string) =>
      onHost(lab, 0, '/usr/lib/apt/apt-helper', '-q', 'download-file', url, '/tmp/fetched')
    const mirror = (await onHost(lab, 0, 'cat', '/etc/apt/sources.list')).split(' ')[1]
    await fetch(`${mirror}/dists/forky/Release`)
    expect(await onHost(lab, 0, 'cat', '/tmp/fetched')).toContain('Codename: forky')
    await expect(fetch(`http://${lab.network.gateway}:1/x`)).rejects.toThrow(/403/)
  })

  test('raising again changes nothing, and the file with the passwords is only for root', async () => {
    const again = await raiseLab({ dir, hosts: 2 })
    expect(again).toEqual(lab)
    expect(statSync(labFile(dir)).mode & 0o777).toBe(0o600)
  })

  test('a host whose plug is pulled comes back with what it had written, and leaves no loop device behind', async () => {
    const other = hostOf(lab, 1).init
    const before = await machineFootprint()
    await withShell(lab, 0, async ({ execute }) => {
      await execute(['sh', '-c', 'echo kept >/vz/file; echo kept >/root/file; sync'])
      // Not "autoclear", as an agent that died half-way might leave it.
      await execute(['sh', '-c', 'truncate -s 1M /vz/image; losetup -f /vz/image; mkdir /run/gone'])
    })
    await killHost(dir, 'test1')
    expect((await machineFootprint()).filter((line) => line.includes('/vz/image'))).toEqual([])
    expect(isOn(hostOf(readLab(dir) ?? lab, 0))).toBe(false)
    await bootHost(dir, 'test1')
    expect(await onHost(lab, 0, 'cat', '/vz/file', '/root/file')).toBe('kept\nkept\n')
    await expect(onHost(lab, 0, 'ls', '/run/gone')).rejects.toThrow(/No such file/)
    expect(other && isAlive(other)).toBe(true)
    const after = await machineFootprint()
    const ours = (line: string) => line.includes(dir) || line.includes(lab.id)
    expect(after.filter(ours)).toEqual(before.filter(ours))
  })

  test('the footprint of a host shows what is left on it', async () => {
    await withShell(lab, 1, async ({ execute }) => {
      const before = await hostFootprint(execute)
      await execute(['sh', '-c', LEAVE])
      const added = (await hostFootprint(execute)).filter((line) => !before.includes(line))
      expect(added).toEqual(
        expect.arrayContaining([
          'file /vz/left',
          'mount /mnt tmpfs left',
          'link left',
          'nft table inet left {',
          'loop /vz/left/image',
        ]),
      )
      expect(added.filter((line) => line.startsWith('cgroup '))).not.toEqual([])
      await execute(['sh', '-c', CLEAR])
      expect(await hostFootprint(execute)).toEqual(before)
    })
  })

  test('lowered, nothing of it is left; raised again, it is the same hosts', async () => {
    expect(await labFootprint(dir)).not.toEqual([])
    await lowerLab(dir)
    expect(await labFootprint(dir)).toEqual([])
    expect((await machineFootprint()).filter((line) => line.includes(lab.id) || line.includes(dir))).toEqual(
      [],
    )
    await lowerLab(dir)
    const again = await raiseLab({ dir, hosts: 2 })
    const lasting = ({ hosts }: RaisedLab) => hosts.map(({ init, ...host }) => host)
    expect(lasting(again)).toEqual(lasting(lab))
    expect(await onHost(again, 0, 'cat', '/vz/file')).toBe('kept\n')
  })
})

test('a lab whose raising is called off is down again', async () => {
  const dir = temporary('abort')
  const abort = new AbortController()
  const progress = ({ step }: LabProgress) => {
    if (step.startsWith('lab-host-')) abort.abort(new Error('called off'))
  }
  await expect(raiseLab({ dir, hosts: 2, signal: abort.signal, progress })).rejects.toThrow('called off')
  expect(await labFootprint(dir)).toEqual([])
  rmSync(dir, { recursive: true })
})

describe('a raiser that is killed', () => {
  let dir: string

  afterEach(async () => {
    await lowerLab(dir)
    expect(await labFootprint(dir)).toEqual([])
    await lowerLab(dir, { erase: true })
    rmSync(dir, { recursive: true })
  })

  test.each([
    ['Network of the lab', 0],
    ['Network of the lab', 40],
    ['Package cache', 20],
    ['Lab host', 0],
    ['Lab host', 60],
    ['Lab host', 200],
  ])('%s, %i ms on, leaves what lowering removes', async (step, afterMs) => {
    dir = temporary('crash')
    await raiseAndKill(dir, step, afterMs)
    await lowerLab(dir)
    expect(await labFootprint(dir)).toEqual([])
  })

  test.each([
    ['Package cache', 20],
    ['Lab host', 60],
  ])('%s, %i ms on, leaves what raising again mends', async (step, afterMs) => {
    dir = temporary('crash')
    await raiseAndKill(dir, step, afterMs)
    const lab = await raiseLab({ dir, hosts: 1 })
    expect((await onHost(lab, 0, 'hostname')).trim()).toBe('lab1')
    expect((await labFootprint(dir)).filter((line) => line === 'process apt-cacher-ng')).toHaveLength(1)
  })

  test('while it builds a userland leaves none that is taken for finished', async () => {
    dir = temporary('crash')
    const cacheDir = path.join(dir, 'cache')
    await raiseAndKill(dir, 'Debian userland', 30, '--cache', cacheDir)
    const lab = readLab(dir)
    expect((await labFootprint(dir)).some((line) => line.startsWith('process '))).toBe(true)
    await lowerLab(dir)
    expect(await labFootprint(dir)).toEqual([])
    expect(lab?.hosts).toEqual([])
    expect(existsSync(path.join(cacheDir, 'roots'))).toBe(true)
  })
})

/** Kills `up` with SIGKILL so long after it said that it begins this step. */
async function raiseAndKill(dir: string, step: string, afterMs: number, ...more: string[]): Promise<void> {
  const main = path.join(import.meta.dirname, 'main.ts')
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', main, 'up', '--dir', dir, '--hosts', '1', ...more],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const exit = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout })) if (line.startsWith(`… ${step}`)) break
  await new Promise((resolve) => setTimeout(resolve, afterMs))
  child.kill('SIGKILL')
  await exit
}
