/** Backups of a VE on a real host of the lab: into a store, out of it again, after the VE is gone. Needs root on Linux. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AgentLab, expectFootprint, footprint, problemOf, raiseAgentLab } from './testing/agent-lab.ts'
import { LabVe, newKey } from './testing/lab-ve.ts'
import { cutAt } from './testing/tripwire.ts'

let lab: AgentLab
let ve: LabVe
const store = { id: randomUUID(), path: '/vz/backup/store' }
const onHost = (line: string) => lab.agent.run(line)
const inStore = () => onHost(`ls ${store.path}`).then((text) => text.split('\n').filter(Boolean))

beforeAll(async () => {
  lab = await raiseAgentLab()
})
afterAll(() => lab?.lower())

const look = (make = false, at = store) => lab.agent.call('backup-store-look', { store: at, make }, newKey())
const create = (backup: string = randomUUID(), key = newKey()) =>
  lab.agent.call('ve-backup-create', { ...ve.key, store, backup, settings: '{"a":1}' }, key)
const restore = (backup: string, digest: string, spec = ve.spec) =>
  lab.agent.call('ve-backup-restore', { spec, store, backup, digest }, newKey())
const verify = (backup: string, digest: string) =>
  lab.agent.call('backup-verify', { store, backup, digest }, newKey())
const remove = (backup: string) => lab.agent.call('backup-delete', { store, backup }, newKey())

test('a VE is backed up while it runs, comes back to that, and comes back once it is gone', async () => {
  const before = await footprint(lab)
  ve = new LabVe(lab)
  await ve.create()
  await ve.start()
  expect(await problemOf(create())).toBe('backup-store-missing')

  await onHost('mkdir -p /vz/open /vz/full/x && chmod 777 /vz/open && ln -s /vz/full /vz/link')
  for (const path of ['/vz/open/store', '/vz/full', '/vz/link/store', '/vz/ve/store', '/etc/store'])
    expect(await problemOf(look(true, { id: randomUUID(), path })), path).toBe('invalid-input')
  await onHost('rm -r /vz/open /vz/full /vz/link')
  await look(true)
  expect((await look(true)).backups).toEqual([])
  expect(await problemOf(look(false, { ...store, id: randomUUID() }))).toBe('backup-store-missing')

  // Killed before the disk is packed, and while it gets its name: asked again it is made, and nothing else is left.
  await ve.shell('echo old >/root/which; echo kept >/root/kept; sync')
  const id = randomUUID()
  const key = newKey()
  expect(await cutAt(lab.agent, 'nice before 1', () => create(id, key))).toBe(true)
  expect(await ve.shell('cat /root/which')).toBe('old')
  expect((await look()).backups).toEqual([])
  expect(await cutAt(lab.agent, 'sha256sum after 1', () => create(id, key))).toBe(true)
  expect((await look()).backups).toEqual([])
  const made = await create(id, key)
  expect(made).toMatchObject({ id, digest: expect.stringMatching(/^sha256:/) })
  expect(made.bytes).toBeLessThan(made.diskBytes)
  expect(await create(id)).toEqual(made)
  expect(await inStore()).toEqual([id, 'corral-backups.json'].sort())
  expect(await onHost('ls /vz/ve/101')).not.toMatch(/backup|unpacked/)
  expect((await onHost(`stat -c %a ${store.path} ${store.path}/${id}`)).trim()).toBe('700\n700')
  await verify(id, made.digest)

  // Back in the same VE, which has been renamed since.
  await ve.shell('echo new >/root/which; rm /root/kept; sync')
  expect(await problemOf(restore(id, made.digest))).toBe('ve-state-forbids')
  await ve.stop()
  ve.spec = { ...ve.spec, hostname: 'renamed.example.org' }
  await restore(id, made.digest)
  await ve.start()
  expect(await ve.shell('cat /root/which /root/kept; hostname; cat /etc/hostname')).toMatch(
    /^old\nkept\nrenamed\S*\nrenamed/,
  )

  // What somebody has changed in the store is not believed: the VE keeps its disk.
  await ve.stop()
  const other = `sha256:${'0'.repeat(64)}`
  expect(await problemOf(restore(id, other))).toBe('backup-damaged')
  const disk = (await onHost(`ls ${store.path}/${id}/disk.tar.*`)).trim()
  await onHost(`cp ${disk} /vz/good && printf x | dd of=${disk} bs=1 seek=5000 conv=notrunc status=none`)
  expect(await problemOf(verify(id, made.digest))).toBe('backup-damaged')
  expect(await problemOf(restore(id, made.digest))).toBe('backup-damaged')
  await ve.start()
  expect(await ve.shell('cat /root/which')).toBe('old')
  await onHost(`mv /vz/good ${disk}`)

  // Once it is gone it is made again, under another number.
  await ve.destroy()
  const again = new LabVe(lab, { veid: 102, uuid: randomUUID(), idBase: ve.spec.idBase + 65_536 })
  again.spec = { ...again.spec, hostname: 'again.example.org' }
  expect(await problemOf(restore(id, other, again.spec))).toBe('backup-damaged')
  expect(await onHost('ls /vz/ve')).not.toContain('102')
  expect((await restore(id, made.digest, again.spec)).state).toBe('stopped')
  await again.start()
  expect(await again.shell('cat /root/which /root/kept /etc/hostname')).toMatch(/^old\nkept\nagain/)
  await again.destroy()

  await remove(id)
  await remove(id)
  expect(await problemOf(verify(id, made.digest))).toBe('not-found')
  expect(await inStore()).toEqual(['corral-backups.json'])
  await onHost('rm -r /vz/backup')
  await expectFootprint(lab, before)
})
