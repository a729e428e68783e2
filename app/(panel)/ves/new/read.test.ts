import { describe, expect, it } from 'vitest'
import { Problem } from '@/lib/contract/problem.ts'
import { GIB, MIB } from '@/lib/contract/units.ts'
import { veCreateInput } from '@/lib/ves/resource.ts'
import { readVeForm } from './read.ts'

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
        addresses: '192.0.2.10, 2001:db8::10',
        'limits.memoryBytes': '512M',
        'limits.diskBytes': '4 GiB',
        'limits.processes': '200',
        rootPassword: ' spaces kept ',
        sshKeys: '\nssh-ed25519 AAAA a@b\n\nssh-ed25519 BBBB\n',
        start: 'on',
      }),
    )
    expect(read).toEqual({
      name: 'web1',
      hostname: 'web1.example.org',
      templateId: TEMPLATE,
      veid: 1021,
      addresses: ['192.0.2.10', '2001:db8::10'],
      limits: { memoryBytes: 512 * MIB, diskBytes: 4 * GIB, processes: 200 },
      rootPassword: ' spaces kept ',
      sshKeys: ['ssh-ed25519 AAAA a@b', 'ssh-ed25519 BBBB'],
      start: true,
    })
    expect(veCreateInput.safeParse(read).success).toBe(true)
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

  it('leaves a number that is none for the schema to refuse', () => {
    const read = readVeForm(form({ name: 'a', hostname: 'a', templateId: TEMPLATE, veid: 'abc' }))
    const result = veCreateInput.safeParse(read)
    expect(result.error?.issues.map((issue) => issue.path.join('.'))).toEqual(['veid'])
  })
})
