// Which of many rows of one height are near the part that is seen.

const AROUND = 3 // rows beyond what is seen, so that they are there when they come

/**
 * The first, and the one behind the last.
 * @param {number} top How far the list begins above the upper edge of the window, in pixels; less than 0 below it.
 * @param {number} seen The height of the window.
 * @param {number} row The height of one.
 * @param {number} count
 * @returns {[first: number, end: number]}
 */
export function near(top, seen, row, count) {
  if (!row || !count) return [0, 0]
  const first = Math.max(0, Math.floor(top / row) - AROUND)
  const end = Math.min(count, Math.ceil((top + seen) / row) + AROUND)
  return first < end ? [first, end] : [Math.max(0, count - 1), count]
}

/**
 * The pages of which something between two places is missing.
 * @param {number} first
 * @param {number} end
 * @param {number} size Of a page.
 * @param {(at: number) => boolean} here
 */
export function missing(first, end, size, here) {
  /** @type {number[]} */
  const pages = []
  for (let at = first; at < end; at += 1) {
    const page = Math.floor(at / size)
    if (!here(at) && pages.at(-1) !== page) pages.push(page)
  }
  return pages
}
