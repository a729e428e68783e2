import { SetupProblem } from '../setup/setup-problem.ts'
import { CommandFailed, run } from './command.ts'
import type { LabNetwork } from './lab-state.ts'

const CHOICES = 200
const FIRST_HOST = 11
/** Hosts get .11 to .80, VEs .100 to .250. */
export const MAX_HOSTS = 70

export const hostAddress = (network: LabNetwork, index: number) =>
  network.gateway.replace(/1$/, String(FIRST_HOST + index))

/** The bridge is known by its address, which comes from the lab's id: a name could be another lab's by now. */
const bridgeMac = (labId: string) => `02:c0:${octets(labId)}`

const octets = (hex: string) => hex.replace(/..(?=.)/g, '$&:')

type Link = { ifname: string; address?: string }
type Addressed = { addr_info?: { local?: string; prefixlen?: number; family?: string }[] }

export async function findBridge(labId: string): Promise<string | undefined> {
  const links = JSON.parse((await run(['ip', '-json', 'link', 'show', 'type', 'bridge'])) || '[]') as Link[]
  return links.find((link) => link.address === bridgeMac(labId))?.ifname
}

/** The n-th network a lab may have. Bridge name and subnet go together: who makes the bridge owns the subnet. */
function network(n: number): LabNetwork {
  const prefix = `10.77.${n}`
  return {
    bridge: `corral${n}`,
    subnet: `${prefix}.0/24`,
    gateway: `${prefix}.1`,
    addressPool: { cidr: `${prefix}.0/24`, first: `${prefix}.100`, last: `${prefix}.250` },
  }
}

/** Makes the lab's bridge, with the network it had before if that is still free. Harmless when it is there. */
export async function ensureBridge(labId: string, before: LabNetwork | undefined): Promise<LabNetwork> {
  const existing = await findBridge(labId)
  if (existing && existing === before?.bridge) return before
  if (existing) await run(['ip', 'link', 'delete', existing])
  const taken = await takenRanges()
  const choices = Array.from({ length: CHOICES }, (_, n) => network(n))
  for (const choice of before ? [before, ...choices] : choices) {
    if (taken.some((range) => overlaps(range, choice.subnet))) continue
    if (await makeBridge(choice, labId)) return choice
  }
  throw new SetupProblem(
    'No network from 10.77.0.0/24 on is free for the lab.',
    'Lower a lab that is no longer needed.',
  )
}

/** False when a link of that name came first. */
async function makeBridge({ bridge, gateway }: LabNetwork, labId: string): Promise<boolean> {
  try {
    await run(['ip', 'link', 'add', bridge, 'address', bridgeMac(labId), 'type', 'bridge'])
  } catch (error) {
    if (error instanceof CommandFailed && /File exists/.test(error.stderr)) return false
    throw error
  }
  await run(['ip', 'address', 'add', `${gateway}/24`, 'dev', bridge])
  await run(['ip', 'link', 'set', bridge, 'up'])
  return true
}

export async function removeBridge(labId: string): Promise<void> {
  const bridge = await findBridge(labId)
  if (bridge) await run(['ip', 'link', 'delete', bridge])
}

/**
 * One end on the bridge, the other, eth0, in the network namespace of the host's init. Both go when that namespace goes.
 * The host's own address on the wire is the same after each boot, as a machine's is: neighbours remember it.
 */
export async function connectHost(
  bridge: string,
  labId: string,
  index: number,
  initPid: number,
): Promise<void> {
  // Interface names end at 15 characters.
  const link = `cl${labId}.${index + 1}`
  const mac = `02:c1:${octets(labId.slice(2))}:${(index + 1).toString(16).padStart(2, '0')}`
  const inside = ['name', 'eth0', 'address', mac, 'netns', String(initPid)]
  await run(['ip', 'link', 'add', link, 'type', 'veth', 'peer', ...inside])
  await run(['ip', 'link', 'set', link, 'master', bridge, 'up'])
}

async function takenRanges(): Promise<string[]> {
  const addresses = JSON.parse(await run(['ip', '-json', '-4', 'address'])) as Addressed[]
  const routes = JSON.parse((await run(['ip', '-json', '-4', 'route', 'show', 'table', 'all'])) || '[]') as {
    dst: string
  }[]
  const local = addresses.flatMap(({ addr_info = [] }) =>
    addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`),
  )
  return [...local, ...routes.map(({ dst }) => dst).filter((dst) => dst !== 'default')]
}

const toNumber = (address: string) => address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)

/** Whether two IPv4 ranges (an address alone is a /32) share an address. */
export function overlaps(a: string, b: string): boolean {
  const [one, two] = [a, b].map((range) => {
    const [address = '', length = '32'] = range.split('/')
    return { address: toNumber(address), size: 2 ** (32 - Number(length)) }
  }) as [{ address: number; size: number }, { address: number; size: number }]
  const size = Math.max(one.size, two.size)
  return Math.floor(one.address / size) === Math.floor(two.address / size)
}
