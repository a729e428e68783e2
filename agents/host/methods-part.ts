/** Entry of the bundle's second part: everything that needs schemas, methods or drivers. */
export { answer } from './answer.ts'
export { ended } from './ended.ts'
export { receive } from './move/receive.ts'
export { quotaShim } from './quota/shim.ts'
export { terminal } from './terminal/terminal.ts'
export { watch } from './watch.ts'
