import path from 'node:path'
import { configDefaults, defineConfig } from 'vitest/config'

// Tests that need root on Linux (*.host.test.ts) share the machine's network, mounts and cgroups: one at a time.
const host = process.env.CORRAL_TEST_TIER === 'host'

export default defineConfig({
  resolve: { alias: { '@': path.resolve(import.meta.dirname) } },
  test: {
    include: host ? ['{lib,agents}/**/*.host.test.ts'] : ['{lib,agents,app,prisma}/**/*.test.{ts,tsx}'],
    exclude: host ? configDefaults.exclude : [...configDefaults.exclude, '**/*.host.test.ts'],
    globalSetup: ['lib/db/test-global-setup.ts'],
    pool: 'forks',
    maxWorkers: host ? 1 : undefined,
    fileParallelism: !host,
    testTimeout: host ? 600_000 : 20_000,
    hookTimeout: host ? 600_000 : 30_000,
  },
})
