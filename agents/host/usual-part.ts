/** Entry of the bundle's third part: the methods that are asked for all the time. */
import { answer } from './answer.ts'
import { USUAL_METHODS } from './registry.ts'

export const answerUsual = answer.bind(null, USUAL_METHODS)
export { ended } from './ended.ts'
