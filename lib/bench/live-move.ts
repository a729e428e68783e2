/** A live move of a VE with nginx, as a client of it sees that; and what a large heap makes of it. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AgentMethod, AgentParams, AgentResult } from '../contract/agent-protocol.ts'
import { GIB, MIB } from '../contract/units.ts'
import type { VeSpec } from '../contract/ve-spec.ts'
import type { EnginePair, PairHost } from './engine-pair.ts'
import { veSpecOf } from './engine-ve.ts'
import { type Bench, type Measured, median } from './figure.ts'
import { GapClient } from './gap-client.ts'

const MOVES = 20
const HEAP_MOVES = 3
const HEAP_BYTES = 512 * MIB
const SETTLE_MS = 500
const STREAM_BYTES = 256 * MIB

let asked = 0
const key = () => `bench:move:${asked++}`

type Moved = {
  /** Milliseconds. */
  parts: Record<'stand' | 'disk' | 'dump' | 'images' | 'handover' | 'restore', number>
  total: number
  bytes: number
}

/** As the panel's saga does it (lib/operations/catalog/ve-move.saga.ts), without what the panel writes down. */
async function moveLive(from: PairHost, to: PairHost, spec: VeSpec): Promise<Moved> {
  const move = randomUUID()
  const here = { veid: spec.veid, uuid: spec.uuid, epoch: spec.epoch, move }
  const there = { ...spec, epoch: spec.epoch + 1 }
  const call = <M extends AgentMethod>(on: PairHost, method: M, params: AgentParams<M>, prepared?: string) =>
    on.link.call(method, params, { key: key(), ...(prepared === undefined ? {} : { prepared }) })
  const began = performance.now()
  const { publicKey } = await call(from, 'move-offer', here)
  const receive = { spec: there, move, publicKey, from: from.host.address, expiresAt: Date.now() + 3_600_000 }
  const { hostKeys } = await call(to, 'move-receive', receive)
  const target = { address: to.host.address, port: to.host.sshPort, hostKeys }
  const { passes } = await call(from, 'move-disk', { ...here, target })
  await to.link.prepare(move)
  const frozen = await call(from, 'move-freeze', { ...here, target, live: true })
  const stood = performance.now()
  const params = { spec: there, move, release: frozen.release, start: false }
  const active: AgentResult<'move-activate'> = await call(to, 'move-activate', params, move)
  const ended = performance.now()
  await call(from, 'move-done', { ...here, newEpoch: there.epoch, keep: false })
  const restore = active.restoreMilliseconds
  const handover = Math.max(0, Math.round(ended - stood) - restore)
  const bytes = passes.reduce((sum, pass) => sum + pass.bytes, frozen.bytes)
  return { parts: { ...frozen.parts, handover, restore }, total: ended - began, bytes }
}

const PLACE = '/usr/local/sbin/crun'
/** Says how long crun took, for each time that it writes a VE down or brings it back. */
const CLOCKED = `#!/bin/sh
began=$(date +%s%N); /usr/bin/crun "$@"; code=$?
case " $* " in *" checkpoint "*|*" restore "*) echo $(( ($(date +%s%N) - began) / 1000 )) >>/run/crun-times;; esac
exit $code
`

/** Milliseconds of crun alone, for the checkpoint and the restore of the VE on its host. */
async function crunAlone({ agent }: PairHost, spec: VeSpec): Promise<number> {
  const { veid, uuid, epoch } = spec
  await agent.run(`rm -f /run/crun-times; cat >${PLACE}; chmod 755 ${PLACE}`, CLOCKED)
  try {
    await agent.call('ve-hibernate', { veid, uuid, epoch }, key())
    await agent.call('ve-resume', { spec }, key())
    const times = (await agent.run('cat /run/crun-times')).trim().split('\n').map(Number)
    if (times.length !== 2) throw new Error(`crun ran ${times.length} times.`)
    return times.reduce((sum, each) => sum + each, 0) / 1000
  } finally {
    await agent.run(`rm -f ${PLACE} /run/crun-times`)
  }
}

/** Bytes a second of plain ssh from one host to the other. */
async function sshRate(from: PairHost, to: PairHost): Promise<number> {
  const file = '/root/.ssh/bench'
  await from.agent.run(`test -e ${file} || ssh-keygen -q -t ed25519 -N '' -f ${file}`)
  const publicKey = await from.agent.run(`cat ${file}.pub`)
  await to.agent.run('cat >>/root/.ssh/authorized_keys', publicKey)
  const ssh = `ssh -F /dev/null -i ${file} -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -p ${to.host.sshPort} root@${to.host.address}`
  const line = `began=$(date +%s%N); head -c ${STREAM_BYTES} /dev/zero | ${ssh} 'cat >/dev/null'; echo $(( $(date +%s%N) - began ))`
  const nanoseconds = Number(await from.agent.run(line))
  return (STREAM_BYTES / nanoseconds) * 1e9
}

/** nginx keeps a connection for so many requests, and such a time, as the bench lasts. */
const SERVE = `printf 'keepalive_requests 100000000;\nkeepalive_timeout 3600s;\n' >/etc/nginx/conf.d/bench.conf
printf gap >/var/www/html/gap; nginx -s reload 2>/dev/null || nginx; sleep 1`

/** 512 MB, of which 20 MB a second are written to. */
const HEAP = `setsid perl -e 'my $h = "x" x ${HEAP_BYTES}; my $at = 0; for (;;) { for (1 .. 512) { substr($h, $at, 1) = chr(65 + $at % 26); $at = ($at + 4096) % ${HEAP_BYTES} } select(undef, undef, undef, 0.1) }' </dev/null >/dev/null 2>&1 & sleep 6`

/** Lends a VE that runs `script`, and takes it away. */
async function withVe<T>(
  { hosts, template, veAddress }: EnginePair,
  script: string,
  work: (go: () => Promise<Moved>, where: () => { at: PairHost; to: PairHost; spec: VeSpec }) => Promise<T>,
): Promise<T> {
  let [at, to] = hosts
  for (const { agent } of hosts) await agent.run('rm -rf /var/lib/corral/ve/101')
  let spec = veSpecOf(0, veAddress, { memoryBytes: 1.5 * GIB, diskBytes: 2 * GIB })
  const named = () => ({ veid: spec.veid, uuid: spec.uuid, epoch: spec.epoch })
  const from = { cache: template.cache, digest: template.digest, access: { sshKeys: [] } }
  try {
    await at.agent.call('ve-create', { ...from, spec }, key())
    await at.agent.call('ve-start', { spec }, key())
    const command = ['sh', '-c', script]
    const limits = { environment: {}, stdin: '', timeoutSeconds: 60, outputBytes: 10_000 }
    const ran = await at.agent.call('ve-exec', { ...named(), command, ...limits }, key())
    if (ran.exitCode !== 0) throw new Error(`In the VE: ${ran.stderr}`)
    const go = async () => {
      const moved = await moveLive(at, to, spec)
      ;[at, to] = [to, at]
      spec = { ...spec, epoch: spec.epoch + 1 }
      return moved
    }
    return await work(go, () => ({ at, to, spec }))
  } finally {
    await at.agent.call('ve-destroy', { ...named(), kill: true }, key())
  }
}

type Runs = { gaps: number[]; alone: number[]; totals: number[]; moves: Moved[] }

async function serving(pair: EnginePair, say: (line: string) => void): Promise<Runs> {
  const runs: Runs = { gaps: [], alone: [], totals: [], moves: [] }
  await withVe(pair, SERVE, async (go, where) => {
    const client = await GapClient.connect(pair.veAddress)
    try {
      say(`${MOVES} live moves of a VE with nginx, each beside crun's checkpoint and restore on one host`)
      for (let nth = 0; nth < MOVES; nth += 1) {
        const { at, to, spec } = where()
        runs.alone.push(await crunAlone(at, spec))
        const rate = await sshRate(at, to)
        await client.longestGap()
        await sleep(SETTLE_MS)
        client.begin()
        const moved = await go()
        runs.gaps.push(await client.longestGap())
        runs.totals.push(moved.total / 1000 / (moved.bytes / rate))
        runs.moves.push(moved)
      }
    } finally {
      client.close()
    }
  })
  return runs
}

const partsOf = (moves: readonly Moved[]) => {
  const names = ['stand', 'disk', 'dump', 'images', 'handover', 'restore'] as const
  return names
    .map((name) => `${name} ${Math.round(median(moves.map(({ parts }) => parts[name])))}`)
    .join(', ')
}
const seconds = (moves: readonly Moved[]) =>
  moves.map(({ parts }) => Object.values(parts).reduce((sum, each) => sum + each, 0) / 1000)

async function heap(pair: EnginePair, say: (line: string) => void): Promise<Measured> {
  say(`${HEAP_MOVES} live moves of a VE with a heap of 512 MB`)
  const moves: Moved[] = []
  await withVe(pair, HEAP, async (go) => {
    for (let nth = 0; nth < HEAP_MOVES; nth += 1) moves.push(await go())
  })
  const note =
    'at most 1.5 where the kernel tracks dirty pages and memory is sent in passes; memory is sent in one go yet, all of it ' +
    `during the freeze; medians of the parts in ms: ${partsOf(moves)}`
  return { unit: 's', runs: seconds(moves), note }
}

export const liveMove: Bench = {
  names: ['live-gap-s', 'live-gap-vs-crun', 'live-total-vs-ssh', 'heap-512-freeze-s'],
  needsRoot: true,
  async measure({ pair: raised, say }) {
    const pair = await raised()
    const { gaps, alone, totals, moves } = await serving(pair, say)
    const bytes = median(moves.map((each) => each.bytes))
    return {
      'live-gap-s': {
        unit: 's',
        runs: gaps.map((gap) => gap / 1000),
        note: `at most 0.5; Debian with sysvinit and nginx, asked every 5 ms on one connection; worst ${Math.round(Math.max(...gaps))} ms; medians of the parts in ms: ${partsOf(moves)}`,
      },
      'live-gap-vs-crun': {
        unit: 'ratio',
        runs: gaps.map((gap, nth) => gap / (alone[nth] ?? Number.NaN)),
        note: `at most 2.0; crun checkpoint and crun restore of the same VE on its host, nothing moved: ${Math.round(median(alone))} ms`,
      },
      'live-total-vs-ssh': {
        unit: 'ratio',
        runs: totals,
        note: `at most 1.5; from the first request until it runs there, ${Math.round(median(moves.map(({ total }) => total)))} ms for ${Math.round(bytes / 1e6)} MB, beside as many bytes by plain ssh`,
      },
      'heap-512-freeze-s': await heap(pair, say),
    }
  },
}
