/** AppArmor on a stock Debian: each VE in a profile of its own, and a policy of its own inside. Under software emulation. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NO_FEATURES } from '../lib/contract/ve-features.ts'
import { type MachinePlace, machineFootprint, machinePlace, still } from './testing/machine-place.ts'

let place: MachinePlace

beforeAll(async () => {
  place = await machinePlace()
})
afterAll(() => place?.agent.close())

const POLICY = '/sys/kernel/security/apparmor'
/** Readable by everybody on a host, and no business of a VE's. */
const FIRMWARE = '/sys/firmware/memmap/0/start'
const READ_FIRMWARE = `cat ${FIRMWARE} 2>&1`

const INNER = 'profile inner flags=(attach_disconnected) { file, capability, deny /etc/shadow r, }'
/** Of the name that the host's own has for this VE. */
const SAME_NAME = 'profile corral-ve101 flags=(attach_disconnected) { file, capability, }'

test('a VE is confined by its own profile; what its root loads holds inside only; all of it goes with the VE', async () => {
  const before = await machineFootprint(place)
  const features = { ...NO_FEATURES, nesting: true, capabilities: ['CAP_MAC_ADMIN' as const] }
  const own = still(place, 1, { features })
  const other = still(place, 2)
  for (const ve of [own, other]) await ve.create()
  try {
    for (const ve of [own, other]) {
      const { initPid } = await ve.start()
      const name = `corral-ve${ve.spec.veid}`
      expect(await place.agent.run(`cat /proc/${initPid}/attr/current`)).toBe(
        `${name}//&:${name}:unconfined (enforce)\n`,
      )
    }

    // The ids of a VE may read it, and the cover can be taken off: what refuses is the profile.
    const asVe = `setpriv --reuid ${own.spec.idBase} --clear-groups ${READ_FIRMWARE}`
    expect(await place.agent.run(asVe)).toMatch(/^0x/)
    expect(await own.shell(`umount /sys/firmware; ${READ_FIRMWARE}`)).toContain('Permission denied')

    const load = `apparmor_parser --replace --skip-cache`
    await own.exec(['sh', '-c', load], { stdin: `abi <abi/4.0>,\n${INNER}\n${SAME_NAME}\n` })
    expect(await own.shell('aa-exec -p inner cat /proc/self/attr/current')).toBe('inner (enforce)')
    expect(await own.shell('aa-exec -p inner cat /etc/shadow 2>&1')).toContain('Permission denied')
    expect(await own.shell('cat /etc/shadow')).toContain('root:')

    expect(await place.agent.run(`ls ${POLICY}/policy/namespaces/corral-ve101/profiles`)).toMatch(
      /^corral-ve101\.\d+\ninner\.\d+\n$/,
    )
    expect(await place.agent.run(`ls ${POLICY}/policy/namespaces/corral-ve102/profiles`)).toBe('')
    expect(await place.agent.run(`ls ${POLICY}/policy/profiles | grep -c '^inner' || true`)).toBe('0\n')
    expect(await other.shell(`ls ${POLICY} 2>&1`)).toContain('No such file')

    // No way out: neither by another profile nor by one of the host's name, and the host's policy is out of reach.
    const leave = `aa-exec -p corral-ve101 ${READ_FIRMWARE}; echo changeprofile unconfined >/proc/self/attr/current; ${READ_FIRMWARE}`
    expect(await own.shell(leave)).toMatch(/^(.*Permission denied\s*){2}$/)
    expect(await own.shell(`printf lsb_release >${POLICY}/.remove || echo kept`)).toContain('kept')
    expect(await place.agent.run(`cat ${POLICY}/profiles`)).toMatch(/^lsb_release /m)
  } finally {
    for (const ve of [own, other]) await ve.destroy()
  }
  const after = await machineFootprint(place)
  expect(after.filter((line) => line.includes('corral-ve'))).toEqual([])
  expect(after).toEqual(before)
})
