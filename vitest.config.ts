import os from 'node:os'
import path from 'node:path'
import { configDefaults, defineConfig } from 'vitest/config'

/** By the end of a test file's name. Tests of the last two need root on Linux. */
const TIERS = { unit: '.test', host: '.host.test', machine: '.machine.test' }
const tier = (process.env.CORRAL_TEST_TIER ?? 'unit') as keyof typeof TIERS
const unit = !(tier in TIERS) || tier === 'unit'
const files = (ending: string) => `{lib,agents}/**/*${ending}.ts`

export default defineConfig({
  resolve: { alias: { '@': path.resolve(import.meta.dirname) } },
  test: {
    include: unit ? ['{lib,agents,app,prisma}/**/*.test.{ts,tsx}'] : [files(TIERS[tier])],
    exclude: unit
      ? [...configDefaults.exclude, files(TIERS.host), files(TIERS.machine)]
      : configDefaults.exclude,
    globalSetup: tier === 'machine' ? ['agents/testing/machine-setup.ts'] : ['lib/db/test-global-setup.ts'],
    pool: 'forks',
    // Most tests wait for PostgreSQL, a child or a host: two at a time also on a small machine. Lab hosts are each test file's own; the
    // machine hosts are one boot for all.
    maxWorkers: tier === 'machine' ? 1 : unit ? Math.max(2, os.availableParallelism() - 1) : 2,
    fileParallelism: tier !== 'machine',
    testTimeout: unit ? 60_000 : 600_000,
    hookTimeout: unit ? 120_000 : 600_000,
  },
})
