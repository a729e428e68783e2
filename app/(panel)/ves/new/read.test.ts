import { describe, expect, it } from 'vitest'
import { Problem } from '@/lib/contract/problem.ts'
import { GIB, MIB } from '@/lib/contract/units.ts'
import { veCreateInput } from '@/lib/ves/resource.ts'
import { readVeForm } from './read.ts'

const POOL = '0192f0c0-0000-7000-8000-000000000002'
const TEMPLATE = '0192f0c0-0000-7000-8000-000000000001'

function form(values: Record<string, string>): FormData {
  const data = new FormData()
  for (const [name, value] of Object.entries(values)) data.set(name, value)
  return data
}

describe('readVeForm', () => {
  it('gives what the command takes', () => {
    const read = readVeForm(
      form({
        name: ' web1 ',
        hostname: 'web1.example.org',
        templateId: TEMPLATE,
        hostId: '',
        veid: '1021',
        interfaces: '2',
        'interfaces.0.kind': 'routed',
        'interfaces.0.addresses': '192.0.2.10, 2001:db8::10',
        'interfaces.0.rate.inBits': '',
        'interfaces.0.rate.outBits': '20',
        'interfaces.1.kind': 'bridged',
        'interfaces.1.ifname': 'lan0',
        'interfaces.1.poolIds.0': POOL,
        'interfaces.1.gateway4': '-',
        'limits.memoryBytes': '512M',
        'limits.diskBytes': '4 GiB',
        'limits.processes': '200',
        rootPassword: ' spaces kept ',
        sshKeys: '\nssh-ed25519 AAAA a@b\n\nssh-ed25519 BBBB\n',
        start: 'on',
        'features.fuse': 'on',
        description: 'Shop of Example Ltd',
        tags: 'shop, prod',
        startOnBoot: 'on',
        bootOrder: '7',
      }),
    )
    expect(read).toEqual({
      name: 'web1',
      hostname: 'web1.example.org',
      templateId: TEMPLATE,
      veid: 1021,
      interfaces: [
        {
          kind: 'routed',
          addresses: ['192.0.2.10', '2001:db8::10'],
          rate: { inBits: null, outBits: 20_000_000 },
          delegate: false,
        },
        {
          kind: 'bridged',
          ifname: 'lan0',
          poolIds: [POOL],
          gateway4: null,
        },
      ],
      limits: { memoryBytes: 512 * MIB, diskBytes: 4 * GIB, processes: 200 },
      rootPassword: ' spaces kept ',
      sshKeys: ['ssh-ed25519 AAAA a@b', 'ssh-ed25519 BBBB'],
      start: true,
      features: { nesting: false, fuse: true, tun: false },
      description: 'Shop of Example Ltd',
      tags: ['shop', 'prod'],
      startOnBoot: true,
      bootOrder: 7,
    })
    // The schema drops what it does not know: all of it is taken.
    expect(veCreateInput.parse(read)).toEqual(read)
  })

  it('gives an application its program and what is its own; what was not offered stays its own', () => {
    const read = readVeForm(
      form({
        name: 'app',
        hostname: 'app.example.org',
        templateId: TEMPLATE,
        kind: 'application',
        offered: 'uts time',
        'namespaces.time': 'on',
        'application.command': '/usr/bin/env\n-i\n',
        'application.environment': 'LANG=C.UTF-8\nEMPTY=',
        'application.workingDirectory': '/srv',
        'application.uid': '33',
        'application.gid': '33',
      }),
    )
    expect(read).toMatchObject({
      kind: 'application',
      namespaces: ['pid', 'ipc', 'network', 'user', 'cgroup', 'time'],
      application: {
        command: ['/usr/bin/env', '-i'],
        environment: { LANG: 'C.UTF-8', EMPTY: '' },
        workingDirectory: '/srv',
        uid: 33,
        gid: 33,
      },
      tags: [],
      startOnBoot: false,
    })
    expect(read).not.toHaveProperty('interfaces')
    expect(veCreateInput.parse(read)).toEqual(read)
  })

  it('tells none of the interfaces from not asked for', () => {
    const least = { name: 'a', hostname: 'a', templateId: TEMPLATE }
    expect(readVeForm(form({ ...least, interfaces: '0' }))).toMatchObject({ interfaces: [] })
    expect(readVeForm(form(least))).not.toHaveProperty('interfaces')
  })

  it('gives a system clocks of its own where they are asked for', () => {
    const read = readVeForm(
      form({ name: 'a', hostname: 'a', templateId: TEMPLATE, kind: 'system', 'namespaces.time': 'on' }),
    )
    expect(read.namespaces).toEqual(['pid', 'ipc', 'uts', 'network', 'user', 'cgroup', 'time'])
  })

  it('marks every size that is none', () => {
    const bad = form({ 'limits.memoryBytes': 'lots', 'limits.diskBytes': '-4G' })
    try {
      readVeForm(bad)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(Problem)
      expect(Object.keys((error as Problem).fields ?? {})).toEqual(['limits.memoryBytes', 'limits.diskBytes'])
    }
  })

  it('leaves to the plan, or to the defaults, what was not changed', () => {
    const typed = { 'limits.memoryBytes': '512 MiB', 'limits.beancounters.numfile.limit': '400' }
    const read = readVeForm(form({ planId: POOL, limitsGiven: 'beancounters.numfile', ...typed }))
    expect(read).toMatchObject({ planId: POOL })
    expect(read.limits).toEqual({ beancounters: { numfile: { barrier: null, limit: 400 } } })
    expect(readVeForm(form({ limitsGiven: '', ...typed })).limits).toEqual({})
  })

  it('leaves a number that is none for the schema to refuse', () => {
    const read = readVeForm(form({ name: 'a', hostname: 'a', templateId: TEMPLATE, veid: 'abc' }))
    const result = veCreateInput.safeParse(read)
    expect(result.error?.issues.map((issue) => issue.path.join('.'))).toEqual(['veid'])
  })
})
