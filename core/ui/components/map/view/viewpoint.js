// From where the map is seen, and how one comes from there to elsewhere.

import { Camera } from "./camera.js"
import { Flight } from "./flight.js"

/** @import { Bounds, Place, Sight } from "../types.d.ts" */

const AROUND = 1.35 // of a cluster's size, when it is shown
const LEAST = 24 // pixels of a part that is shown, as large as it is when all is seen

export class Viewpoint {
  /** @param {() => void} moved Called when another frame is to be drawn. */
  constructor(moved) {
    this.moved = moved
    this.camera = new Camera()
    this.flight = new Flight()
  }

  get flies() {
    return this.flight.way !== null
  }

  /** Where a flight ends, or where one is. */
  get goal() {
    return this.flight.goal ?? this.camera.sight
  }

  /**
   * As far as a flight has come by now.
   * @param {number} now
   * @returns {string} Another text from wherever else it is seen.
   */
  at(now) {
    const { camera } = this
    const flown = this.flight.at(now)
    if (flown) camera.look(flown)
    return `${camera.x} ${camera.y} ${camera.scale} ${camera.width} ${camera.height}`
  }

  /** @param {Sight} sight */
  look(sight) {
    this.flight.stop()
    this.camera.look(sight)
    this.moved()
  }

  /**
   * @param {Sight} sight
   * @param {number} [time]
   */
  fly(sight, time) {
    this.flight.begin(this.camera.sight, sight, time)
    this.moved()
  }

  /** To where all is seen. */
  all() {
    this.fly(this.camera.fitted(this.camera.bounds))
  }

  /** @param {Bounds} bounds */
  flyTo([x0, y0, x1, y1]) {
    const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2]
    const least = LEAST / this.camera.fitted(this.camera.bounds).scale
    const [wide, high] = [(AROUND * Math.max(x1 - x0, least)) / 2, (AROUND * Math.max(y1 - y0, least)) / 2]
    this.fly(this.camera.fitted([x - wide, y - high, x + wide, y + high]))
  }

  /**
   * @param {number} factor
   * @param {Place} [at] Pixels; by default the middle.
   */
  zoom(factor, at = { x: this.camera.width / 2, y: this.camera.height / 2 }) {
    const goal = Object.assign(new Camera(), this.camera, this.goal)
    this.fly(goal.moved(at, at, factor), 200)
  }
}
