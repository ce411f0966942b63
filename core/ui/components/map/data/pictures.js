// What is known of the pictures at points, asked for as it is needed, many at a time, and kept.

import { ask, sentence, stopped } from "../../shared/requests.js"

/** @import { Picture } from "../types.d.ts" */

const AT_ONCE = 400 // points that are asked for
const WAIT = 25 // milliseconds in which more may be asked for

export class Pictures {
  /** @type {Map<number, Picture | null>} */
  known = new Map() // by point; null where it has been removed
  /** @type {Set<number>} */
  wanted = new Set()
  isAsking = false
  stop = new AbortController()

  /**
   * @param {string} url
   * @param {string} version
   * @param {{ changed: () => void, outdated: () => void }} handlers
   */
  constructor(url, version, { changed, outdated }) {
    this.url = url
    this.version = version
    this.changed = changed
    this.outdated = outdated
  }

  /**
   * What is known of a point; what is not is asked for, and told of by `changed`.
   * @param {number} point
   */
  get(point) {
    const found = this.known.get(point)
    if (found === undefined && !this.stop.signal.aborted) {
      this.wanted.add(point)
      if (!this.isAsking) this.ask()
    }
    return found ?? null
  }

  /** Forget what was wanted and has not been asked for. */
  forget() {
    this.wanted.clear()
  }

  async ask() {
    this.isAsking = true
    await new Promise(resolve => setTimeout(resolve, WAIT))
    const points = [...this.wanted].slice(0, AT_ONCE)
    for (const point of points) this.wanted.delete(point)
    if (points.length) await this.receive(points)
    this.isAsking = false
    if (this.wanted.size && !this.stop.signal.aborted) this.ask()
  }

  /** @param {number[]} points */
  async receive(points) {
    try {
      /** @type {{ pictures: Picture[] }} */
      const { pictures } = await ask(this.url, { points, version: this.version }, this.stop.signal)
      for (const point of points) this.known.set(point, null)
      for (const picture of pictures) this.known.set(picture.point, picture)
      this.changed()
    } catch (error) {
      if (stopped(error)) return
      this.stop.abort() // a map that has changed, or a server that is away: nothing more is asked of it
      if (sentence(error).startsWith("The map has changed")) this.outdated()
    }
  }

  close() {
    this.stop.abort()
  }
}
