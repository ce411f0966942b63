// From picture to picture by the arrow keys.

/** @import { Cells } from "../points/cells.js" */
/** @import { Place } from "../types.d.ts" */

const FIRST_REACH = 40 // pixels
const LAST_REACH = 5200
const WIDEST = 0.8 // how far to the side a picture may lie, of how far it lies that way
const ASIDE = 1.5 // what lies to the side counts as so much farther

/**
 * The place nearest to one of the map, in a direction.
 * @param {Cells} cells
 * @param {Place} from Of the map.
 * @param {[x: number, y: number]} way To the right, and down.
 * @param {number} pixel Units of the map.
 * @param {(place: number) => boolean} isShown
 * @returns {number} −1 where there is none.
 */
export function nextThatWay(cells, from, [right, down], pixel, isShown) {
  for (let reach = FIRST_REACH; reach <= LAST_REACH; reach *= 2) {
    const far = reach * pixel
    let [best, least] = [-1, Infinity]
    cells.within([from.x - far, from.y - far, from.x + far, from.y + far], (place, x, y) => {
      const [along, aside] = ahead(x - from.x, from.y - y, right, down)
      if (along <= 0 || aside > WIDEST * along || !isShown(place)) return
      const distance = along + ASIDE * aside
      if (along <= far && distance < least) [best, least] = [place, distance]
    })
    if (best >= 0) return best
  }
  return -1
}

/**
 * @param {number} x To the right.
 * @param {number} y Down.
 * @param {number} right
 * @param {number} down
 */
function ahead(x, y, right, down) {
  return [x * right + y * down, Math.abs(x * down) + Math.abs(y * right)]
}
