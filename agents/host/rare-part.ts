/** Entry of the bundle's fourth part: what is asked for now and then. */
import { answer } from './answer.ts'
import { RARE_METHODS } from './rare-registry.ts'

export const answerRare = answer.bind(null, RARE_METHODS)
export { receive } from './move/receive.ts'
export { quotaShim } from './quota/shim.ts'
export { terminal } from './terminal/terminal.ts'
