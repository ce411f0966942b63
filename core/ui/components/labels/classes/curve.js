// How many pictures are above a line, where only some points of the curve are known.

/**
 * How many have at least a score, told from some points of the curve.
 * @param {[score: number, count: number][]} curve The highest score first.
 * @param {number} threshold
 */
export function countAbove(curve, threshold) {
  let count = 0
  let before = Infinity
  for (const [score, above] of curve) {
    if (score >= threshold) {
      count = above
      before = score
      continue
    }
    if (before === Infinity || before - score < 1e-9) return count
    return Math.floor(count + ((above - count) * (before - threshold)) / (before - score))
  }
  return count
}
