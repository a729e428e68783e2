import { MOVE_KINDS } from '../../contract/moves.ts'
import type { MoveCheck } from '../../moves/resource.ts'
import type { Saga } from '../saga.ts'
import { lookAtBoth } from './ve-look-subject.ts'

export const veMoveCheckSaga: Saga<'ve-move-check'> = {
  steps: { look: { do: lookAtBoth } },
  result({ outputs, input }): MoveCheck {
    const { obstacles, before, memoryBytes, diskBytes, predictedMilliseconds } = outputs.look as Awaited<
      ReturnType<typeof lookAtBoth>
    >
    const possible = MOVE_KINDS.filter((kind) => !obstacles.some(({ kinds }) => kinds.includes(kind)))
    const { hostId } = input
    return { hostId, before, obstacles, possible, memoryBytes, diskBytes, predictedMilliseconds }
  },
}
