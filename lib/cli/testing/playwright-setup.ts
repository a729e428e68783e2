import path from 'node:path'
import { lowerLab } from '../../lab/lower-lab.ts'
import { raiseLab } from '../../lab/raise-lab.ts'
import { startTestPanel } from './test-panel.ts'

const HOSTS = 2
/** Shared between runs: the lab hosts' userland and Debian's packages. */
const LAB_CACHE = '/var/cache/corral'

/**
 * Playwright's global setup: a panel for the tier that runs. Tests find it in their environment:
 * CORRAL_TEST_DATA, the data directory with admin.json; baseURL is set; and in the lab tier CORRAL_TEST_LAB,
 * a lab with two hosts that the panel does not know yet.
 */
export default async function setup() {
  if (process.env.CORRAL_TEST_TIER === 'lab') return setUpLab()
  const panel = await startTestPanel(['--simulated', '--lab', String(HOSTS)])
  publish(panel.dataDir, panel.admin.url)
  return panel.stop
}

async function setUpLab() {
  const panel = await startTestPanel(['--no-lab'])
  const lab = path.join(panel.dataDir, 'lab')
  const stop = async () => {
    await lowerLab(lab, { erase: true })
    await panel.stop()
  }
  try {
    // The first is as bare as a machine that was just installed: enrolment has packages to bring.
    await raiseLab({ dir: lab, hosts: 1, name: 'e2e', packages: 'bare', cacheDir: LAB_CACHE })
    await raiseLab({ dir: lab, hosts: HOSTS, name: 'e2e', packages: 'full', cacheDir: LAB_CACHE })
  } catch (error) {
    await stop()
    throw error
  }
  publish(panel.dataDir, panel.admin.url)
  process.env.CORRAL_TEST_LAB = lab
  return stop
}

/** Playwright's workers inherit the environment, and read the config anew. */
function publish(dataDir: string, url: string) {
  process.env.CORRAL_TEST_DATA = dataDir
  process.env.CORRAL_TEST_URL = url
}
