import { defineConfig, devices } from '@playwright/test'
import { CHROMIUM } from './lib/cli/testing/chromium.ts'

/** Debian's Chromium: no tool downloads a browser of its own, and nothing in it calls home. */
const launchOptions = {
  executablePath: CHROMIUM,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
}

const use = { ...devices['Desktop Chrome'], viewport: { width: 1280, height: 800 } }

// The panel is started by the global setup, which knows its address: the workers read it from their environment.
export default defineConfig({
  testDir: 'e2e',
  globalSetup: './lib/cli/testing/playwright-setup.ts',
  outputDir: 'test-results',
  workers: 1,
  retries: 0,
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env.CI),
  use: {
    baseURL: process.env.CORRAL_TEST_URL,
    launchOptions,
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
  },
  projects: [
    { name: 'simulated', testMatch: /^(?!.*\/lab\/).*\.e2e\.ts$/, use, timeout: 60_000 },
    { name: 'lab', testMatch: /\/lab\/.*\.e2e\.ts$/, use, timeout: 300_000 },
  ],
})
