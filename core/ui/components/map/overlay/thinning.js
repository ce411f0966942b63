// Which of the points have their pictures shown where there is not the room for all: so that none lies on another, and
// the same ones wherever the map is moved.

/** @import { Candidate } from "../types.d.ts" */

const ROUNDS = 3
const AROUND = [-1, 0, 1]

/**
 * In cells as large as the room of a picture, the first of each; then those that no better one is near to.
 * @template {Candidate} Kind
 * @param {Kind[]} candidates Where they lie, and their rank: the lower comes first, and none is another's.
 * @param {number} room That each takes, in the same units.
 * @returns {Kind[]} The best first.
 */
export function thinned(candidates, room) {
  /** @type {Set<Kind>} */
  const shown = new Set()
  let left = candidates
  for (let round = 0; round < ROUNDS && left.length; round++) {
    const cells = firsts(left, room)
    for (const one of cells.values()) if (isFirst(one, cells, room)) shown.add(one)
    const taken = grid(shown, room)
    left = left.filter(one => !shown.has(one) && !isNear(one, taken, room))
  }
  return [...shown].sort((one, other) => one.rank - other.rank)
}

/**
 * @template {Candidate} Kind
 * @param {Iterable<Kind>} candidates
 * @param {number} room
 */
function firsts(candidates, room) {
  /** @type {Map<string, Kind>} */
  const cells = new Map()
  for (const one of candidates) {
    const cell = cellOf(one, room)
    const first = cells.get(cell)
    if (!first || one.rank < first.rank) cells.set(cell, one)
  }
  return cells
}

/**
 * @template {Candidate} Kind
 * @param {Iterable<Kind>} candidates
 * @param {number} room
 */
function grid(candidates, room) {
  /** @type {Map<string, Kind[]>} */
  const cells = new Map()
  for (const one of candidates) {
    const cell = cellOf(one, room)
    cells.set(cell, [...(cells.get(cell) ?? []), one])
  }
  return cells
}

/**
 * @param {Candidate} one
 * @param {Map<string, Candidate>} cells
 * @param {number} room
 */
function isFirst(one, cells, room) {
  return beside(one, room).every(cell => {
    const other = cells.get(cell)
    return !other || other === one || other.rank > one.rank || !isClose(one, other, room)
  })
}

/**
 * @param {Candidate} one
 * @param {Map<string, Candidate[]>} cells
 * @param {number} room
 */
function isNear(one, cells, room) {
  return beside(one, room).some(cell => cells.get(cell)?.some(other => isClose(one, other, room)))
}

/**
 * @param {Candidate} one
 * @param {Candidate} other
 * @param {number} room
 */
function isClose(one, other, room) {
  return Math.abs(one.x - other.x) < room && Math.abs(one.y - other.y) < room
}

/**
 * @param {Candidate} one
 * @param {number} room
 */
function cellOf({ x, y }, room) {
  return `${Math.floor(x / room)} ${Math.floor(y / room)}`
}

/**
 * @param {Candidate} one
 * @param {number} room
 */
function beside({ x, y }, room) {
  const [column, row] = [Math.floor(x / room), Math.floor(y / room)]
  return AROUND.flatMap(across => AROUND.map(down => `${column + across} ${row + down}`))
}

const SMALLEST = 36 // pixels of a picture's longer side
const LARGEST = 128
const MOST_SEEN = 6000 // points in the window: among more, pictures would hide what lies where
const GAP = 1.12 // room between pictures
const STEP = Math.SQRT2 // of the room on the map: a little zoom makes pictures larger, not others

/**
 * How large pictures are, and how far apart, among so many points in the window.
 * @param {number} seen Points in the window.
 * @param {number} area Of the window, in pixels.
 * @param {number} scale Pixels that a unit of the map takes.
 * @returns {{ side: number, room: number } | null} Pixels, and units of the map; null where there are to be none.
 */
export function pictureRoom(seen, area, scale) {
  if (seen === 0 || seen > MOST_SEEN) return null
  const wanted = Math.min(LARGEST, Math.max(SMALLEST, 0.6 * Math.sqrt(area / seen) + 16))
  const room = STEP ** Math.round(Math.log((wanted * GAP) / scale) / Math.log(STEP))
  return { side: Math.min(LARGEST * STEP, (room * scale) / GAP), room }
}
