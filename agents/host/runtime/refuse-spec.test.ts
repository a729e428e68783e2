import { expect, test } from 'vitest'
import { NO_FEATURES } from '../../../lib/contract/ve-features.ts'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import { refuseSpec } from './refuse-spec.ts'

const application = { command: ['/bin/app'], environment: {}, workingDirectory: '/', uid: 0, gid: 0 }

test('a system has all namespaces, an application any', () => {
  expect(() => refuseSpec(EXAMPLE_SPEC)).not.toThrow()
  expect(() => refuseSpec({ ...EXAMPLE_SPEC, namespaces: ['pid', 'ipc'] })).toThrow('needs its own: uts')
  expect(() =>
    refuseSpec({ ...EXAMPLE_SPEC, kind: 'application', namespaces: [], application }),
  ).not.toThrow()
  expect(() => refuseSpec({ ...EXAMPLE_SPEC, kind: 'application' })).toThrow('which program')
})

test('features are refused where they would be the host’s', () => {
  const shared = {
    ...EXAMPLE_SPEC,
    kind: 'application' as const,
    application,
    namespaces: ['network' as const],
  }
  for (const features of [{ nesting: true }, { fuse: true }, { capabilities: ['CAP_BPF' as const] }]) {
    expect(() => refuseSpec({ ...shared, features: { ...NO_FEATURES, ...features } })).toThrow(
      'users of the VE',
    )
  }
  const noNetwork = { ...shared, namespaces: ['user' as const], features: { ...NO_FEATURES, tun: true } }
  expect(() => refuseSpec(noNetwork)).toThrow('a network of the VE')
})
