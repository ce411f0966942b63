// Which colour each point has, and which are shown: the legend hides values, the colours stay where they are.

import { css, mixed, numberShades, shades } from "./palette.js"

/** @import { Cells } from "../points/cells.js" */
/** @import { Theme } from "../overlay/theme.js" */
/** @import { Colours, Rgb } from "../types.d.ts" */

const BESIDE = { other: 0.56, none: 0.34 } // of the way from the page to the text: what has no place in the legend

export class Colouring {
  /** @type {Colours | null} */
  colours = null
  /** @type {Set<number>} */
  hidden = new Set() // shades
  /** @type {Uint8Array} */
  byPlace = new Uint8Array(0)
  /** @type {Uint8Array} */
  table = new Uint8Array(1024)

  /**
   * @param {Colours | null} colours
   * @param {Cells} cells
   */
  begin(colours, cells) {
    if (colours?.by !== this.colours?.by) this.hidden = new Set()
    this.colours = colours
    const byPoint = colours ? shadesOf(colours) : new Uint8Array(cells.count)
    this.byPlace = new Uint8Array(cells.count)
    for (let place = 0; place < cells.count; place++) this.byPlace[place] = byPoint[cells.points[place]]
  }

  /** @param {Theme} theme */
  paint({ isDark, text, paper }) {
    const [other, none] = [mixed(paper, text, BESIDE.other), mixed(paper, text, BESIDE.none)]
    const isShown = (/** @type {number} */ shade) => !this.hidden.has(shade)
    this.table = shades(this.colours?.kind ?? "category", { isDark, other, none, isShown })
  }

  /** @param {number} place */
  isShown(place) {
    return this.table[4 * this.byPlace[place] + 3] > 0
  }

  /**
   * @param {number} place
   * @returns {Rgb}
   */
  of(place) {
    return this.ofShade(this.byPlace[place])
  }

  /**
   * @param {number} shade
   * @returns {Rgb}
   */
  ofShade(shade) {
    return [this.table[4 * shade], this.table[4 * shade + 1], this.table[4 * shade + 2]]
  }

  /** @param {number} shade */
  css(shade) {
    return css(this.ofShade(shade))
  }

  /** @param {number} shade */
  toggle(shade) {
    if (!this.hidden.delete(shade)) this.hidden.add(shade)
  }

  /**
   * Nothing but this one; all again where it already is so.
   * @param {number} shade
   * @param {number[]} all
   */
  only(shade, all) {
    const others = all.filter(one => one !== shade)
    const isSo = !this.hidden.has(shade) && others.every(one => this.hidden.has(one))
    this.hidden = new Set(isSo ? [] : others)
  }
}

/** @param {Colours} colours */
function shadesOf(colours) {
  return colours.kind === "category" ? colours.categories : numberShades(colours.numbers, colours.low, colours.high)
}

/**
 * The strength of the hits of a search: of all other points it is not known.
 * @param {{ points: Uint32Array, strengths: Float32Array }} hits
 * @param {number} count Of points.
 * @returns {Colours}
 */
export function strengthOf({ points, strengths }, count) {
  const numbers = new Float32Array(count).fill(NaN)
  for (const [at, point] of points.entries()) numbers[point] = strengths[at]
  return { by: "strength", kind: "number", legend: [], other: 0, none: count - points.length, low: 0, high: 1, numbers }
}
