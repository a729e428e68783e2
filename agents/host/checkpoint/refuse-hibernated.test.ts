import { expect, test } from 'vitest'
import { memorySys } from '../testing/memory-sys.ts'
import { refuseHibernated } from './refuse-hibernated.ts'

test.each(['{"at":1}', ''])(
  'a VE that lives in a checkpoint is not started beside it, though that tells %j',
  (meta) => {
    const sys = memorySys({ '/vz/ve/101/checkpoint/meta.json': meta })
    expect(() => refuseHibernated(sys, 101)).toThrow('is hibernated')
    expect(() => refuseHibernated(sys, 102)).not.toThrow()
  },
)
