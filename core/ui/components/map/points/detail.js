// How much is drawn of the points, and how large: as large as there is room between them, and as many as the machine
// draws in time while the map moves.

const SMALLEST = 1.7 // pixels
const LARGEST = 11
const FAINTEST = 0.42
const CROWDED = 0.55 // of the room that each would have if they lay evenly: they do not

const FRAME = 1000 / 60 // milliseconds
const SLOW = 1.25 // frames
const FAST = 1.1
const LEAST_BUDGET = 15_000 // points
const FIRST_BUDGET = 400_000

/**
 * @param {number} scale Pixels that a unit of the map takes.
 * @param {number} area Of the map, in its units.
 * @param {number} count
 * @returns {{ size: number, alpha: number }} Pixels of the diameter, and how opaque.
 */
export function look(scale, area, count) {
  const room = scale * Math.sqrt(area / Math.max(1, count))
  const size = Math.min(LARGEST, Math.max(SMALLEST, CROWDED * room))
  const alpha = Math.min(0.92, FAINTEST + 0.14 * room * CROWDED)
  return { size, alpha }
}

/**
 * What a part of the points is drawn with, so that it looks as dense as all.
 * @param {{ size: number, alpha: number }} look
 * @param {number} share That is drawn.
 */
export function denser({ size, alpha }, share) {
  const missing = Math.min(16, 1 / Math.max(share, 1e-6))
  return { size: size * missing ** 0.25, alpha: Math.min(0.95, alpha * missing ** 0.2) }
}

// How many points a frame may have: learnt from how long the frames take.
export class Pace {
  budget = FIRST_BUDGET
  last = 0

  /**
   * A frame begins, one of several.
   * @param {number} now
   * @param {number} drawn How many points the one before had.
   */
  frame(now, drawn) {
    const took = now - this.last
    this.last = now
    if (took > 500) return // the first of a movement
    if (took > SLOW * FRAME) this.budget = Math.max(LEAST_BUDGET, Math.min(this.budget, drawn) * 0.8)
    else if (took < FAST * FRAME && drawn > this.budget * 0.5) this.budget *= 1.06
  }
}
