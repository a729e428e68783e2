import { describe, expect, test } from 'vitest'
import { countRules, localSendBytes } from './asked.ts'
import { parseVictims } from './kernel-log.ts'
import { parseLocks } from './locks.ts'
import { valueAfter } from './numbers.ts'
import { printable } from './processes.ts'
import { parseSignals } from './signals.ts'
import { parseQueues, parseSockstat } from './sockets.ts'

test('a value stands at the beginning of a line, under its whole name', () => {
  const text = 'shmem_thp 5\nshmem 4096\nnot_shmem 7\ntotal_shmem 9\n'
  expect(valueAfter(text, 'shmem ')).toBe(4096)
  expect(valueAfter(text, 'shmem_thp ')).toBe(5)
  expect(valueAfter(text, 'total_shmem ')).toBe(9)
  expect(valueAfter(text, 'mem ')).toBeNull()
  expect(valueAfter('', 'max ')).toBeNull()
  expect(valueAfter('max 9\n', 'max ')).toBe(9)
})

/** As Linux 6.18 writes them, of a namespace with 3 TCP sockets, 1 of IPv6, 2 UDP; orphan, alloc and mem are the whole kernel's. */
const SOCKSTAT = `sockets: used 19
TCP: inuse 3 orphan 0 tw 10 alloc 66 mem 67
UDP: inuse 2 mem 144
UDPLITE: inuse 0
RAW: inuse 0
FRAG: inuse 0 memory 0
`
const SOCKSTAT6 = `TCP6: inuse 1
UDP6: inuse 1
UDPLITE6: inuse 0
RAW6: inuse 0
FRAG6: inuse 0 memory 0
`
const UDP = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops            
  241: 0100007F:1388 00000000:0000 07 00000100:00000A00 00:00000000 00000000     0        0 10183333 2 00000000f1b3c2aa 0         
 1241: 0100007F:1770 00000000:0000 07 00000000:00000300 00:00000000 00000000     0        0 10183334 2 00000000f1b3c2ab 0         
`

describe('sockets', () => {
  test('what the namespace has', () => {
    expect(parseSockstat(SOCKSTAT, SOCKSTAT6)).toEqual({ used: 19, tcp: 4, udp: 3 })
    expect(parseSockstat('', '')).toEqual({ used: 0, tcp: 0, udp: 0 })
  })
  test('queues of datagrams, in bytes', () => {
    expect(parseQueues(UDP)).toEqual({ send: 256, receive: 0xa00 + 0x300 })
  })
})

test('locks by process; who waits for one has none, a lease is none', () => {
  const text = `1: FLOCK  ADVISORY  WRITE 30374 00:2d:91 0 EOF
2: POSIX  ADVISORY  READ  30374 fe:00:2015729 0 EOF
2: -> POSIX  ADVISORY  WRITE 31035 fe:00:2015729 0 EOF
3: OFDLCK ADVISORY  WRITE -1 07:04:134720 0 EOF
4: LEASE  ACTIVE    READ 77 07:04:134720 0 EOF
`
  expect(parseLocks(text)).toEqual(
    new Map([
      [30374, 2],
      [-1, 1],
    ]),
  )
})

test('queued signals are those of the process’s real user', () => {
  const text = 'Name:\tcat\nUid:\t1048677\t0\t0\t0\nThreads:\t1\nSigQ:\t12/16384\nSigPnd:\t0\n'
  expect(parseSignals(text)).toEqual({ uid: 1_048_677, queued: 12 })
  expect(parseSignals('')).toBeNull()
})

test('rules, not chains, tables or sets', () => {
  const printed =
    '{"nftables": [{"metainfo": {"version": "1.1.3"}}, {"table": {"family": "inet"}}, {"chain": {"name": "rule"}}, {"rule": {"family": "inet", "handle": 2}}, {"rule": {"family": "inet", "handle": 3}}]}'
  expect(countRules(printed)).toBe(2)
  expect(countRules('{"nftables": []}')).toBe(0)
})

test('what waits in local sockets; the fourth column of a listening one is its backlog', () => {
  const printed = `u_str LISTEN 0      4096   /run/a 10183333 * 0
u_str ESTAB  0      768    * 10183238 * 10183239
u_dgr UNCONN 0      213248 * 10183240 * 0
`
  expect(localSendBytes(printed)).toBe(768 + 213_248)
  const named =
    'u_str LISTEN 0 1 @a\nu_str ESTAB 0 1e400 x 1 * 0\nu_str ESTAB 0 -5 x 1 * 0\nu_str ESTAB 0 1.5 x 1 * 0\n'
  expect(localSendBytes(printed + named)).toBe(768 + 213_248)
})

describe('whom the kernel killed', () => {
  const kill = (group: string, pid: number, name: string) =>
    `[39121.9] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=ve101,mems_allowed=0,oom_memcg=${group},task_memcg=${group},task=${name},pid=${pid},uid=1048576
[39121.9] Memory cgroup out of memory: Killed process ${pid} (${name}) total-vm:95216kB, anon-rss:92672kB, file-rss:168kB, shmem-rss:8kB, UID:1048576 pgtables:224kB oom_score_adj:0`
  const log = [
    '[39121.9] tail invoked oom-killer: gfp_mask=0x100cca(GFP_HIGHUSER_MOVABLE), order=0, oom_score_adj=0',
    kill('/lab/one/corral/ve101', 7188, 'tail'),
    kill('/corral/ve1011', 7190, 'other'),
    kill('/corral/ve101/system.slice', 7192, 'my (odd) name'),
  ].join('\n')

  test('in the VE’s group or below it, the last one first', () => {
    expect(parseVictims(log, 101, 5, 0)).toEqual([
      { pid: 7192, command: 'my (odd) name', held: (92_672 + 168 + 8) * 1024 },
      { pid: 7188, command: 'tail', held: (92_672 + 168 + 8) * 1024 },
    ])
    expect(parseVictims(log, 101, 1, 39_000)).toHaveLength(1)
    expect(parseVictims(log, 102, 5, 0)).toEqual([])
    expect(parseVictims(log, 101, 5, 39_122)).toEqual([])
    const copied = log.replaceAll('/corral/ve101', '/corral/ve102/corral/ve101')
    expect(parseVictims(copied, 101, 5, 0)).toEqual([])
    expect(parseVictims(copied, 102, 5, 0)).toHaveLength(3)
  })
})

test('a program’s own words are shown as harmless text', () => {
  expect(printable('a\u001b[31mred\n\u202Eb')).toBe('a?[31mred?b')
  expect(printable('x'.repeat(100))).toHaveLength(32)
})
