import { readFileSync } from 'node:fs'
import { ID_RANGE_SIZE } from '../contract/ve-spec.ts'
import type { LabHost } from '../lab/lab-state.ts'
import type { TemplateResource } from '../templates/resource.ts'
import type { VeResource } from '../ves/resource.ts'
import { type Bench, ratios } from './figure.ts'
import { onLabHost } from './lab-host-shell.ts'
import type { BenchPanel } from './panel.ts'
import { initRuns, sshAnswers } from './watch-init.ts'

const RUNS = 7
const DISK_BYTES = 4 * 1024 ** 3
/** Beyond every id range that Corral gives out in a bench. */
const LXC_ID_BASE = 2_000_000_000

/** From the request to init running, and to sshd answering, in milliseconds. */
type Timing = { init: number; ssh: number }

/**
 * Creating and starting a VE by `POST /api/v1/ves`, beside LXC doing the same from the same template cache on the same lab
 * host. Both are seen from outside, the same way: a process named init in the guest's cgroup, an SSH banner at its address.
 */
export const veCreate: Bench = {
  names: ['ve-create-init-vs-lxc', 've-create-ssh-vs-lxc'],
  needsRoot: true,
  async measure({ panel: raised, say }) {
    const panel = await raised()
    const { items } = await panel.api<{ items: TemplateResource[] }>('GET', '/templates')
    const template = items.find((one) => one.status === 'ready')
    const cache = template?.caches[0]
    if (!template || !cache) throw new Error('The panel has no template that is ready.')
    say('installing LXC on the lab host, the peer')
    await onLabHost(panel, ['apt-get', 'update', '-q'])
    await onLabHost(panel, ['apt-get', 'install', '-y', '-q', '--no-install-recommends', 'lxc'])
    await onLabHost(panel, ['sysctl', '-q', '-w', 'net.ipv4.ip_forward=1', 'net.ipv4.conf.eth0.proxy_arp=1'])
    const ids = `${LXC_ID_BASE}-${LXC_ID_BASE + ID_RANGE_SIZE - 1}`
    await onLabHost(panel, ['usermod', '--add-subuids', ids, '--add-subgids', ids, 'root'])
    const image = await cacheImage(panel)

    const ours: Timing[] = []
    const lxc: Timing[] = []
    for (let run = 0; run <= RUNS; run += 1) {
      say(`VE and LXC guest ${run === 0 ? '(warm-up)' : `${run} of ${RUNS}`}`)
      const corral = await timeCorral(panel, template, run)
      const peer = await timeLxc(panel, image, run)
      if (run === 0) continue // the first of each fills caches
      ours.push(corral)
      lxc.push(peer)
    }
    const note = (what: keyof Timing) =>
      `ms, Corral from POST /api/v1/ves: ${list(ours, what)}; LXC, from its command: ${list(lxc, what)}`
    const ratio = (what: keyof Timing) =>
      ratios(
        ours.map((one) => one[what]),
        lxc.map((one) => one[what]),
      )
    return {
      've-create-init-vs-lxc': { unit: 'ratio', runs: ratio('init'), note: note('init') },
      've-create-ssh-vs-lxc': { unit: 'ratio', runs: ratio('ssh'), note: note('ssh') },
    }
  },
}

const list = (timings: Timing[], what: keyof Timing) => timings.map((one) => Math.round(one[what])).join(' ')

/** The image file of the one template cache on the lab host. */
async function cacheImage(panel: BenchPanel): Promise<string> {
  const found = await onLabHost(panel, ['find', '/vz/template/cache', '-name', '*.img'])
  const image = found.trim().split('\n')[0]
  if (!image) throw new Error('No template cache on the lab host.')
  return image
}

async function timeCorral(panel: BenchPanel, template: TemplateResource, run: number): Promise<Timing> {
  const began = performance.now()
  const { ve, operation } = await panel.api<{ ve: VeResource; operation: { id: string } }>('POST', '/ves', {
    name: `bench-${run}`,
    hostname: `bench-${run}`,
    templateId: template.id,
    limits: { diskBytes: DISK_BYTES },
    start: true,
  })
  const address = ve.addresses[0]
  if (!address) throw new Error('The VE got no address.')
  const { init, ssh } = await comesUp(panel.labHost, `/corral/ve${ve.veid}`, address)
  await panel.finished(operation.id)
  for (const [method, route] of [
    ['POST', `/ves/${ve.id}/stop`],
    ['DELETE', `/ves/${ve.id}`],
  ] as const) {
    const body = method === 'POST' ? { timeoutSeconds: 0 } : undefined
    const answer = await panel.api<{ operation: { id: string } }>(method, route, body)
    await panel.finished(answer.operation.id)
  }
  return { init: init - began, ssh: ssh - began }
}

async function timeLxc(panel: BenchPanel, image: string, run: number): Promise<Timing> {
  const name = `peer${run}`
  const address = lxcAddress(panel.labHost, run)
  const began = performance.now()
  const script = new URL('lxc-guest.sh', import.meta.url)
  const started = onLabHost(
    panel,
    ['sh', '-s', '--', 'up', name, image, address, String(LXC_ID_BASE), String(DISK_BYTES)],
    readFileSync(script),
  )
  const [{ init, ssh }] = await Promise.all([
    comesUp(panel.labHost, `/lxc.payload.${name}`, address),
    started,
  ])
  await onLabHost(panel, ['sh', '-s', '--', 'down', name], readFileSync(script))
  return { init: init - began, ssh: ssh - began }
}

/**
 * Its sshd is asked only once init runs, when the address exists: asked before, the kernel would ask for the neighbour
 * again only after a second (arp(7), retrans_time), and that is all that would be measured.
 */
async function comesUp(host: LabHost, cgroup: string, address: string): Promise<Timing> {
  const init = await initRuns(`${cgroupOf(host)}${cgroup}`)
  return { init, ssh: await sshAnswers(address) }
}

/** Its cgroup's path: another lab on this machine may have a VE of the same number. */
function cgroupOf({ init }: LabHost): string {
  const [, path] = /^\d+:[^:]*:(.+)$/m.exec(readFileSync(`/proc/${init?.pid}/cgroup`, 'utf8')) ?? []
  if (!path) throw new Error('The lab host has no cgroup.')
  return path
}

/** The last addresses of the lab's subnet, which no pool gives out before the bench has ended. */
function lxcAddress(host: LabHost, run: number): string {
  return `${host.address.split('.').slice(0, 3).join('.')}.${250 - run}`
}
