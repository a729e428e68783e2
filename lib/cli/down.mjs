import { handOver } from './bootstrap.mjs'

await handOver('down.ts')
