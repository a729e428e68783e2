/** Each rule is seen to fail on a small project that breaks it, and to hold on one that does not. */
import { expect, test } from 'vitest'
import type { Rule } from './boundaries.ts'
import * as boundaries from './boundaries.ts'
import * as house from './house-rules.ts'
import { importGraph, importsOf } from './imports.ts'

type Files = Record<string, string>
const check = (rule: Rule, files: Files) => {
  const sources = new Map(Object.entries(files))
  return rule(importGraph(sources), sources)
}

const BROKEN: Record<keyof typeof boundaries, { files: Files; violations: string[] }> = {
  webCannotReachHosts: {
    files: {
      'app/page.tsx': "import { a } from '@/lib/ves/a.ts'",
      'lib/ves/a.ts': "export { b } from './b.ts'",
      'lib/ves/b.ts': "const c = await import('ssh2')",
      'lib/http/x.ts': "import '../operations/catalog/ve-start.saga.ts'",
      'lib/auth/y.ts': "import {\n  z,\n} from '../worker/z.ts'",
      'lib/auth/fine.ts': "import type { z } from '../worker/z.ts'",
    },
    violations: [
      'app/page.tsx → lib/ves/a.ts → lib/ves/b.ts → ssh2',
      'lib/http/x.ts → lib/operations/catalog/ve-start.saga.ts',
      'lib/auth/y.ts → lib/worker/z.ts',
    ],
  },
  pagesCannotReachTheDatabase: {
    files: {
      'app/page.tsx': "import type { Ve } from '@/lib/db/generated/client.ts'\nimport pg from 'pg'",
      'app/other.tsx': "import { listVes } from '@/lib/ves/queries.ts'",
      'app/x.test.ts': "import { db } from '@/lib/db/client.ts'",
    },
    violations: ['app/page.tsx imports lib/db/generated/client.ts', 'app/page.tsx imports pg'],
  },
  browserCodeStaysInTheBrowser: {
    files: {
      'app/form.tsx': "'use client'\nimport { a } from '@/lib/ves/a.ts'",
      'lib/ves/a.ts': "import { db } from '../db/client.ts'",
      'app/fine.tsx': "'use client'\nimport type { A } from '@/lib/http/action.ts'\nimport './action.ts'",
      'app/action.ts': "'use server'\nimport { formAction } from '@/lib/http/action.ts'",
    },
    violations: ['app/form.tsx → lib/ves/a.ts → lib/db/client.ts'],
  },
  contractImportsOnlyZod: {
    files: { 'lib/contract/a.ts': "import { z } from 'zod'\nimport * as m from 'zod/mini'\nimport './b.ts'" },
    violations: ['lib/contract/a.ts imports zod'],
  },
  agentStandsAlone: {
    files: {
      'agents/host/main.ts': "import fs from 'node:fs'\nimport { p } from '../../lib/paths.ts'",
      'agents/host/sys/node.ts': "import fs from 'node:fs'\nimport x from '../../../lib/contract/a.ts'",
    },
    violations: ['agents/host/main.ts imports node:fs', 'agents/host/main.ts imports lib/paths.ts'],
  },
  onlyTheWorkerReachesAgents: {
    files: {
      'lib/hosts/a.ts': "import { connect } from '../agent-link/connect.ts'",
      'lib/worker/a.ts': "import { connect } from '../agent-link/connect.ts'",
    },
    violations: ['lib/hosts/a.ts imports lib/agent-link/connect.ts'],
  },
  onlyTheWorkerOpensSsh: {
    files: {
      'lib/hosts/a.ts': "import { Client } from 'ssh2'",
      'lib/agent-link/connect.ts': "import { Client } from 'ssh2'",
    },
    violations: ['lib/hosts/a.ts imports ssh2'],
  },
  onlyTheWorkerSimulates: {
    files: {
      'lib/hosts/a.ts': "import { sim } from '../../agents/sim/host.ts'",
      'lib/worker/a.ts': "import { sim } from '../../agents/sim/host.ts'",
    },
    violations: ['lib/hosts/a.ts imports agents/sim/host.ts'],
  },
  primitivesKnowNothing: {
    files: {
      'app/_ui/badge.tsx':
        "import { cx } from './cx.ts'\nimport { VE_STATE } from '@/lib/contract/ve-state.ts'",
    },
    violations: ['app/_ui/badge.tsx imports lib/contract/ve-state.ts'],
  },
  definitionsAreBrowserSafe: {
    files: {
      'lib/operations/catalog/ve-start.ts': "import { db } from '../../db/client.ts'",
      'lib/operations/catalog/ve-start.saga.ts': "import { db } from '../../db/client.ts'",
    },
    violations: ['lib/operations/catalog/ve-start.ts → lib/db/client.ts'],
  },
}

test.each(Object.entries(boundaries))('%s is seen to fail', (name, rule) => {
  const { files, violations } = BROKEN[name as keyof typeof boundaries]
  expect(check(rule, files)).toEqual(violations)
})

test('imports are found in every form, and not in comments', () => {
  const text = [
    "import a from 'a'",
    "import type { B } from 'b'",
    "import { type C } from 'c'",
    "export * from 'd'",
    "export type { E } from 'e'",
    "import 'f'",
    "await import('g')",
    "import {\n  h,\n} from 'h'",
    "// import i from 'i'",
    "/* import j from 'j' */",
    "import type from 'k'",
  ].join('\n')
  const found = importsOf(text)
  expect(found.map(({ specifier }) => specifier).sort()).toEqual([
    'a',
    'b',
    'c',
    'd',
    'e',
    'f',
    'g',
    'h',
    'k',
  ])
  expect(found.filter(({ typeOnly }) => typeOnly).map(({ specifier }) => specifier)).toEqual(['b', 'e'])
})

const files = (given: Files) => new Map(Object.entries(given))

test('house rules are seen to fail', () => {
  const long = 'x\n'.repeat(house.LINES_MAX + 1)
  expect(house.tooLong(files({ 'lib/a.ts': long, 'lib/b.ts': 'x\n' }), [])).toHaveLength(1)
  expect(house.tooLong(files({ 'lib/a.ts': long }), ['lib/a.ts'])).toEqual([])
  expect(house.tooLong(files({ 'lib/a.ts': 'x\n' }), ['lib/a.ts'])).toEqual([
    'lib/a.ts is no exception any more',
  ])
  const names = {
    'app/(panel)/ves/[ve]/page.tsx': '',
    'lib/fooBar.ts': '',
    'app/_ui/Button.tsx': '',
    'lib/a_b.ts': '',
  }
  expect(house.notKebabCase(files(names))).toEqual(['lib/fooBar.ts', 'app/_ui/Button.tsx', 'lib/a_b.ts'])
  const colours = { 'app/a.tsx': 'className="bg-red-500 text-danger"', 'app/globals.css': 'bg-red-500' }
  expect(house.paletteColours(files(colours))).toEqual(['app/a.tsx: bg-red-500'])
  expect(house.barrels(files({ 'lib/x/index.ts': '', 'lib/x/a.ts': '' }))).toEqual(['lib/x/index.ts'])
  const exports = {
    'app/page.tsx': 'export default function P() {}',
    'app/_ui/menu.tsx': "const Popup = lazy(() => import('./popup.tsx'))",
    'app/_ui/popup.tsx': 'export default Popup',
    'lib/a.ts': 'export default 1',
  }
  expect(house.defaultExports(files(exports))).toEqual(['lib/a.ts'])
  const catalog = { 'lib/operations/catalog/a.ts': '', 'lib/operations/catalog/b.saga.ts': '' }
  expect(house.operationFiles(files(catalog), ['a'])).toEqual([
    'lib/operations/catalog/a.saga.ts is missing',
    'lib/operations/catalog/b.saga.ts is of no operation',
  ])
})
