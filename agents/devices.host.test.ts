/** A device that is revoked is gone, whatever the VE's root does to keep it. On a real host of the lab. Needs root on Linux. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type AgentLab, expectFootprint, footprint, raiseAgentLab } from './testing/agent-lab.ts'
import { LabVe } from './testing/lab-ve.ts'

let lab: AgentLab
let before: string[]
let ve: LabVe
/** A loop device of the host, 4 MB. */
let disk: string

beforeAll(async () => {
  lab = await raiseAgentLab()
  ve = new LabVe(lab)
  await ve.create()
  for (let boots = 0; boots < 2; boots += 1) {
    await ve.start() // the log of the boot before the last is kept too
    await ve.stop()
  }
  disk = (await lab.agent.run('truncate -s 4M /var/tmp/disk.img; losetup -f --show /var/tmp/disk.img')).trim()
  before = await footprint(lab)
})
afterAll(() => lab?.lower())
afterEach(async () => {
  await ve.stop()
  ve.spec = { ...ve.spec, devices: [], networkDevices: [] }
  await expectFootprint(lab, before)
})

/** The device cgroup's rules for the disk, and the nodes on the host. */
async function traces(): Promise<string> {
  const numbers = (await lab.agent.run(`stat -c '%Hr:%Lr' ${disk}`)).trim()
  return lab.agent.run(
    `cat /sys/fs/cgroup/devices/corral/ve101/devices.list | grep 'b ${numbers} ' || true; ls /run/corral/ve/101/host/dev`,
  )
}

async function granted(): Promise<LabVe> {
  ve.spec = { ...ve.spec, devices: [] }
  await ve.start()
  await ve.configure({ devices: [{ path: disk, access: 'rw' }] })
  return ve
}

const SLOW = { timeout: 10_000, interval: 100 }

/**
 * Starts a program in the VE that holds the disk and waits until it says so. Perl's words run inside; `until` takes it for ready when
 * /tmp/held is there.
 */
async function hold(line: string): Promise<string> {
  await ve.shell(`rm -f /tmp/held; setsid sh -c '${line}' >/dev/null 2>/tmp/said </dev/null &`)
  await expect.poll(() => ve.shell('cat /tmp/held /tmp/said'), SLOW).toMatch(/^\d+$/)
  return ve.shell('cat /tmp/held')
}
const alive = (pid: string) => ve.shell(`test -d /proc/${pid} && echo alive || echo ended`)

const ENDED: Record<string, string> = {
  'as it is': 'exec 3<>DISK; echo $$ >/tmp/held; exec sleep 1000',
  'through umount -l': 'exec 3<>DISK; umount -l /dev/corral; echo $$ >/tmp/held; exec sleep 1000',
  'through unshare -m':
    'exec 3<>DISK; exec unshare -m sh -c "umount -l /dev/corral; echo \\$\\$ >/tmp/held; exec sleep 1000"',
  'under another name':
    'touch /tmp/x; exec unshare -m sh -c "mount --bind DISK /tmp/x; exec 3<>/tmp/x; umount -l /tmp/x; umount -l /dev/corral; echo \\$\\$ >/tmp/held; exec sleep 1000"',
  // mmap is system call 9 of x86-64: PROT_READ, MAP_SHARED.
  'mapped, with its descriptor closed':
    'exec perl -e "open(F, q(<), q(DISK)); syscall(9, 0, 4096, 1, 1, fileno(F), 0) > 0 or die; close F; open(H, q(>), q(/tmp/held)); print H \\$\\$; close H; sleep 1000"',
  // unshare is 272: CLONE_FILES; clone 56: CLONE_VM, SIGHAND, THREAD would take a stack: a fork that shares none of init's is near enough.
  'by a child of a child': '( exec 3<>DISK; setsid sleep 1000 & echo $! >/tmp/held )',
}

test.each(Object.keys(ENDED))('whoever has it open %s is ended', async (way) => {
  await granted()
  const pid = await hold((ENDED[way] ?? '').replaceAll('DISK', disk))
  expect(await alive(pid)).toBe('alive')
  await ve.configure({ devices: [] })
  expect(await alive(pid)).toBe('ended')
  expect(await traces()).toBe('')
  expect((await ve.seen())?.state).toBe('running')
})
