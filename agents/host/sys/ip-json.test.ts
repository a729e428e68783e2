import { expect, test } from 'vitest'
import { linkWord, parseIpJson } from './ip-json.ts'

test('names with control characters are read, and nothing is an empty list', () => {
  expect(parseIpJson('[{"ifname":"a\u0001b\nc"}]')).toEqual([{ ifname: 'a b c' }])
  expect(parseIpJson('')).toEqual([])
  expect(parseIpJson('\n')).toEqual([])
})

test('a link whose name tools take apart is called by its number', () => {
  expect(['eth0.7', 'netns', 'if7'].map((ifname) => linkWord({ ifname, ifindex: 3 }))).toEqual([
    'eth0.7',
    'netns',
    'if7',
  ])
  for (const ifname of ['#', 'a b', '"', "'", '\\', '$&', 'é'])
    expect(linkWord({ ifname, ifindex: 3 })).toBe('if3')
})
