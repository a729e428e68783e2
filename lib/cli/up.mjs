import { handOver } from './bootstrap.mjs'

await handOver('up.ts')
