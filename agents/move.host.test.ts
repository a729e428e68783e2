/** VEs that move between two real hosts of a lab, their /vz on XFS, while a client talks to them. Needs root on Linux. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { expectFootprint, footprint, problemOf } from './testing/agent-lab.ts'
import { LabVe } from './testing/lab-ve.ts'
import { Client, LabMove, type MoveLab, raiseMoveLab, serve, statesOn } from './testing/move-lab.ts'
import { type Cut, cutAt } from './testing/tripwire.ts'

let lab: MoveLab
let before: [string[], string[]]
let ve: LabVe
let client: Client

beforeAll(async () => {
  lab = await raiseMoveLab()
})
afterAll(() => lab?.lower())
beforeEach(async () => {
  before = [await footprint(lab), await footprint(lab.other)]
  ve = new LabVe(lab)
  for (const { agent } of [lab, lab.other]) await agent.run('rm -rf /var/lib/corral/ve/101')
  await ve.create()
  await ve.start()
  await serve(ve)
  client = await Client.connect(lab.address)
})
afterEach(async ({ task }) => {
  await client?.close()
  // So that one that fails is not what the next one fails of.
  if (task.result?.state === 'fail') await LabMove.latest?.giveUp()
  for (const host of [lab, lab.other]) {
    const there = new LabVe(host, { ...ve.spec, epoch: 99 })
    await there.destroy()
  }
  await expectFootprint(lab, before[0])
  await expectFootprint(lab.other, before[1])
  expect(await lab.other.agent.run('grep -c corral-move /root/.ssh/authorized_keys || true')).toBe('0\n')
  for (const { agent } of [lab, lab.other])
    expect(await agent.run('ls -A /vz/ve /var/lib/corral/move 2>/dev/null | grep -v : || true')).toMatch(
      /^\s*$/,
    )
})

const there = () => new LabVe(lab.other, { ...ve.spec, epoch: ve.spec.epoch + 1 })

async function expectMoved(): Promise<void> {
  expect(await statesOn(lab)).toEqual([])
  expect(await statesOn(lab.other)).toEqual(['running'])
}

test('live: nothing is lost, the connection goes on, and nothing stays behind', async () => {
  await ve.shell('dd if=/dev/urandom of=/root/blob bs=1M count=64 status=none; sync')
  const sum = await ve.shell('sha256sum /root/blob')
  const move = new LabMove(lab, lab.other, ve)
  const { obstacles } = await move.look()
  expect(obstacles.filter(({ kinds }) => kinds.includes('live'))).toEqual([])
  expect(await move.fits()).toEqual([])
  await move.receive()
  const passes = move.disk()
  await ve.shell('for i in $(seq 20); do echo $i >>/root/during; sleep 0.05; done')
  const { passes: sent } = await passes
  await ve.shell('echo last >/root/last')
  client.longestGap = 0
  const frozen = await move.freeze()
  const active = await move.activate()
  await client.expectWhole()
  console.log(
    `Longest gap ${client.longestGap} ms; restored in ${active.restoreMilliseconds} ms; freeze ${JSON.stringify(frozen.parts)}; passes ${JSON.stringify(sent)}`,
  )
  await move.done()
  await move.done()
  await client.expectWhole()
  await expectMoved()
  expect(await there().shell('sha256sum /root/blob')).toBe(sum)
  expect(await there().shell('wc -l </root/during; cat /root/last')).toBe('20\nlast')
  expect(await problemOf(ve.start())).toBe('stale-epoch')
  await there().stop()
  await there().start()
  expect(await there().shell('cat /root/last')).toBe('last')
})

test('by a restart, and cold, and there and back again', async () => {
  await ve.shell('echo early >/root/early')
  const restart = new LabMove(lab, lab.other, ve, false)
  await restart.go('receive', 'disk')
  expect(await problemOf(restart.freeze())).toBe('ve-state-forbids')
  await ve.shell('echo late >/root/late')
  await ve.stop()
  await restart.freeze()
  const sums = [lab, lab.other].map(({ agent }, at) =>
    agent.run(`sha256sum </vz/ve/101${at === 0 ? '' : '.incoming'}/disk.img`),
  )
  expect(await sums[0]).toBe(await sums[1])
  expect(await problemOf(ve.start())).toBe('ve-state-forbids')
  await restart.activate()
  await restart.done()
  await expectMoved()
  expect(await there().shell('cat /root/early /root/late')).toBe('early\nlate')
  const second = there()
  await second.stop()
  const cold = new LabMove(lab.other, lab, second, false)
  await cold.go('receive', 'freeze')
  await cold.activate(false)
  await cold.done(true)
  expect(await statesOn(lab)).toEqual(['stopped'])
  expect(await problemOf(new LabVe(lab.other, { ...ve.spec, epoch: 3 }).start())).toBe('ve-state-forbids')
  const back = new LabVe(lab, { ...ve.spec, epoch: 3 })
  await back.start()
  expect(await back.shell('cat /root/late')).toBe('late')
})

test.each(['receive', 'disk', 'freeze'] as const)(
  'cancelled after %s: it goes on, and both hosts are clean',
  async (last) => {
    const move = new LabMove(lab, lab.other, ve)
    await move.go('receive', last)
    if (last === 'freeze') {
      expect(await problemOf(ve.stop())).toBe('ve-state-forbids')
      expect(await problemOf(move.cancelHere(false))).toBe('ve-state-forbids')
    }
    await move.cancelThere()
    expect((await move.cancelHere(true)).ve?.state).toBe('running')
    expect(await problemOf(move.activate())).not.toBe(null)
    await client.expectWhole()
    expect(await statesOn(lab.other)).toEqual([])
  },
)

test('what the destination cannot restore goes on at home, and is restored there by the next move', async () => {
  const move = new LabMove(lab, lab.other, ve)
  await move.go('receive', 'freeze')
  await lab.other.agent.run('mv /usr/sbin/criu /usr/sbin/criu.away')
  expect(await problemOf(move.activate())).not.toBe(null)
  await lab.other.agent.run('mv /usr/sbin/criu.away /usr/sbin/criu')
  expect(await statesOn(lab.other)).toEqual(['hibernated'])
  await move.cancelThere()
  expect((await move.cancelHere(true)).ve?.state).toBe('running')
  await client.expectWhole()
  const again = new LabMove(lab, lab.other, ve)
  await again.go('receive', 'activate')
  expect(await problemOf(again.cancelThere())).toBe('ve-state-forbids')
  await again.done()
  await client.expectWhole()
  await expectMoved()
})

const CUTS_OF_SOURCE = [
  'nft before 1',
  'nft after 1',
  'cp after 1',
  'cp after 2',
  'crun after 1',
  'perl after 1',
  'sync after 7',
] as const satisfies Cut[]

test.each(CUTS_OF_SOURCE)(
  'the agent killed while it gives the VE away, %s: asked again it moves',
  async (cut) => {
    const move = new LabMove(lab, lab.other, ve)
    await move.go('receive', 'disk')
    expect(await cutAt(lab.agent, cut, () => move.freeze())).toBe(true)
    await move.go('freeze', 'done')
    await client.expectWhole()
    await expectMoved()
  },
)

const CUTS_OF_DESTINATION = [
  'sync before 1',
  'sync after 2',
  'sync after 3',
  'mount after 1',
  'nft after 1',
  'perl after 1',
] as const satisfies Cut[]

test.each(CUTS_OF_DESTINATION)(
  'the agent killed while it takes the VE over, %s: asked again it runs',
  async (cut) => {
    const move = new LabMove(lab, lab.other, ve)
    await move.go('receive', 'freeze')
    expect(await cutAt(lab.other.agent, cut, () => move.activate())).toBe(true)
    await move.go('activate', 'done')
    await client.expectWhole()
    await expectMoved()
  },
)

test('the agent killed on the source at a stage, then cancelled: the VE goes on there', async () => {
  for (const cut of ['crun after 1', 'perl after 1'] as const) {
    const move = new LabMove(lab, lab.other, ve)
    await move.go('receive', 'disk')
    expect(await cutAt(lab.agent, cut, () => move.freeze())).toBe(true)
    await move.cancelThere()
    await move.cancelHere(false)
    await client.expectWhole()
    expect(await statesOn(lab.other)).toEqual([])
    expect(await statesOn(lab)).toEqual(['running'])
  }
})

test('the link breaks during a pass: it is said, and asked again the rest is sent', async () => {
  await ve.shell('dd if=/dev/urandom of=/root/blob bs=1M count=300 status=none; sync')
  const sum = await ve.shell('sha256sum /root/blob')
  const move = new LabMove(lab, lab.other, ve)
  await move.receive()
  const drop = `add table inet away; add chain inet away in { type filter hook input priority 0; }; add rule inet away in ip saddr ${lab.host.address} drop`
  const cut = move.disk()
  await lab.other.agent.run(
    'for i in $(seq 500); do [ -e /vz/ve/101.incoming/disk.img ] && exit; sleep 0.01; done; exit 1',
  )
  await lab.other.agent.run(`nft '${drop}'`)
  expect(await problemOf(cut)).toBe('link-lost')
  await lab.other.agent.run('nft delete table inet away')
  await move.go('disk', 'done')
  await client.expectWhole()
  expect(await there().shell('sha256sum /root/blob')).toBe(sum)
  await expectMoved()
})

test('the disk of the destination is full: it is said, and the VE goes on', async () => {
  await ve.shell('dd if=/dev/urandom of=/root/blob bs=1M count=300 status=none; sync')
  const move = new LabMove(lab, lab.other, ve)
  await move.receive()
  await lab.other.agent.run('fallocate -l $(($(stat -f -c "%a * %S" /vz) - 100000000)) /vz/filler')
  try {
    expect(await problemOf(move.disk())).toBe('no-disk-space')
    expect((await move.fits()).length).toBeGreaterThan(0)
  } finally {
    await lab.other.agent.run('rm /vz/filler')
  }
  await move.cancelThere()
  await move.cancelHere(false)
  await client.expectWhole()
})

test('the key of a move opens nothing but the move’s own directory', async () => {
  const move = new LabMove(lab, lab.other, ve)
  await move.go('receive', 'disk')
  const say = (frames: string) =>
    lab.agent.run(
      `cd /var/lib/corral/move/${move.id}; perl -e '${frames}' | ssh -F /dev/null -o BatchMode=yes -o UserKnownHostsFile=known_hosts -o HostKeyAlias=destination -i key root@${lab.other.host.address} id 2>&1 || true`,
    )
  const frame = (letter: string, a: string, b: string, rest = '""') =>
    say(`print "corral-move 1\\n", pack("aQ>Q>", "${letter}", ${a}, ${b}), ${rest}`)
  expect(await say('print "GET / HTTP/1.1\\r\\n\\r\\n"')).toBe('error another protocol\n')
  expect(await frame('D', '2**50', '1', '"x"')).toBe('error beyond the disk\n')
  expect(await frame('D', '18446744073709551615', '2', '"xx"')).toBe('error beyond the disk\n')
  expect(await frame('N', '2**50', '0')).toBe('error too large a disk\n')
  for (const name of ['../x', '/etc/x', '.x', 'a/b'])
    expect(await frame('F', String(name.length), '1', `"${name}", "x"`)).toBe(
      'error not a name of a checkpoint\n',
    )
  expect(await frame('F', '1', '2**60', '"a"')).toBe('error too large a checkpoint\n')
  expect(await frame('q', '0', '0')).toBe('error an unknown frame\n')
  expect(await problemOf(move.activate())).not.toBe(null)
  await move.cancelThere()
  expect(await say('print "corral-move 1\\n"')).toMatch(/denied|error nothing/i)
  await move.cancelHere(false)
})
