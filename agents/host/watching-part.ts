/** Entry of the bundle's second part: what goes on for as long as a panel looks, and is small for that. */
export { watch } from './watch.ts'
