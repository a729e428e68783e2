import os from 'node:os'
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
    // Most tests wait for PostgreSQL or a child: two at a time also on a small machine.
    maxWorkers: host ? 1 : Math.max(2, os.availableParallelism() - 1),
    fileParallelism: !host,
    testTimeout: host ? 600_000 : 60_000,
    hookTimeout: host ? 600_000 : 120_000,
  },
})
