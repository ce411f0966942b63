// The pictures of points, where few enough are in the window for that.

import { below } from "../../shared/routes.js"
import { pictureRoom, thinned } from "./thinning.js"
import { Thumbnails } from "./thumbnails.js"

/** @import { Camera } from "../view/camera.js" */
/** @import { Cells } from "../points/cells.js" */
/** @import { Pictures } from "../data/pictures.js" */
/** @import { Candidate, Place } from "../types.d.ts" */
/** @typedef {Candidate & { place: number }} Shown */
/** @typedef {Place & { place: number, image: ImageBitmap, width: number, height: number }} Drawn In pixels. */

const UNLIT = 2 ** 32 // added to a rank: those that are lit come first
const AROUND = 3 // rooms of a picture around the window: what lies there may come before what is in it
const TOO_MANY = 40_000 // points in the cells that are touched: not even counted

export class Mosaic {
  /** @type {Drawn[]} */
  drawn = []

  /**
   * @param {string} route Of thumbnails.
   * @param {() => void} changed
   */
  constructor(route, changed) {
    this.route = route
    this.thumbnails = new Thumbnails(changed)
  }

  /**
   * @param {Camera} camera
   * @param {Cells} cells
   * @param {{
   *   pictures: Pictures, isShown: (place: number) => boolean, isLit: (place: number) => boolean, asks: boolean,
   * }} of `asks`: whether those that are not here are to be loaded; not while the map moves.
   */
  compose(camera, cells, { pictures, isShown, isLit, asks }) {
    const { shown, side } = this.choose(camera, cells, isShown, isLit)
    /** @type {string[]} */
    const urls = []
    this.drawn = []
    if (asks) pictures.forget()
    for (const { x, y, place } of shown) {
      const picture = asks ? pictures.get(cells.points[place]) : pictures.known.get(cells.points[place])
      if (!picture) continue
      const url = below(this.route, picture.content_hash)
      urls.push(url)
      const image = this.thumbnails.get(url)
      if (image) this.drawn.push({ ...camera.toScreen(x, y), place, image, ...fitted(image, side) })
    }
    if (asks) this.thumbnails.want(urls)
  }

  /**
   * @param {Camera} camera
   * @param {Cells} cells
   * @param {(place: number) => boolean} isShown
   * @param {(place: number) => boolean} isLit
   */
  choose(camera, cells, isShown, isLit) {
    /** @type {Shown[]} */
    const near = []
    const none = { shown: near, side: 0 }
    if (cells.ranges(camera.seen()).reduce((sum, [begin, end]) => sum + end - begin, 0) > TOO_MANY) return none
    let seen = 0
    cells.within(camera.seen(), place => void (seen += Number(isShown(place))))
    const room = pictureRoom(seen, camera.width * camera.height, camera.scale)
    if (!room) return none
    cells.within(camera.seen(AROUND * room.side), (place, x, y) => {
      if (isShown(place)) near.push({ x, y, place, rank: cells.points[place] + (isLit(place) ? 0 : UNLIT) })
    })
    return { shown: thinned(near, room.room), side: room.side }
  }

  /**
   * The place whose picture is drawn at one of the window; −1 where none is.
   * @param {Place} at
   */
  at({ x, y }) {
    const found = this.drawn.find(one => Math.abs(one.x - x) <= one.width / 2 && Math.abs(one.y - y) <= one.height / 2)
    return found?.place ?? -1
  }

  close() {
    this.thumbnails.close()
  }
}

/**
 * @param {ImageBitmap} image
 * @param {number} side
 */
function fitted({ width, height }, side) {
  const share = side / Math.max(width, height)
  return { width: width * share, height: height * share }
}
