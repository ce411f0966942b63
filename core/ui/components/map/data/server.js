// What the map asks of the server: each answer belongs to one version of the map.

import { ask, send } from "../../shared/requests.js"
import { withParameter } from "../../shared/routes.js"
import { arrayOf, readContainer } from "./container.js"

/** @import { Chosen, Cluster, Clusters, Colours, Hits, MapStatus, Points, Shape } from "../types.d.ts" */

export class MapServer {
  /**
   * @param {string} route Of the map.
   * @param {string} version
   */
  constructor(route, version) {
    this.route = route
    this.version = version
  }

  /**
   * @param {string} path Below the map.
   * @param {string} [query] More parameters.
   */
  plain(path, query = "") {
    const [base, own = ""] = this.route.split("?")
    const parameters = [own, query].filter(Boolean).join("&")
    return `${base}${path}${parameters && `?${parameters}`}`
  }

  /**
   * The same, of this version: it is kept for good.
   * @param {string} path
   * @param {string} [query]
   */
  url(path, query = "") {
    return withParameter(this.plain(path, query), "v", this.version)
  }

  /**
   * @param {string} path
   * @param {string} [query]
   * @param {AbortSignal} [signal]
   */
  async container(path, query, signal) {
    const answer = await send(this.url(path, query), undefined, signal)
    const buffer = await answer.arrayBuffer().catch(() => {
      throw new Error("The answer was cut off. Try again.")
    })
    return readContainer(buffer)
  }

  /** @returns {Promise<Points>} */
  async points() {
    const container = await this.container("/points")
    const xy = arrayOf(container, "xy", Float32Array)
    return { xy, clusters: arrayOf(container, "cluster", Uint32Array) }
  }

  /** @returns {Promise<Clusters>} */
  clusters() {
    return ask(this.url("/clusters"))
  }

  /**
   * @param {string} by
   * @param {AbortSignal} signal
   * @returns {Promise<Colours>}
   */
  async colours(by, signal) {
    const container = await this.container(`/colours/${encodeURIComponent(by)}`, "", signal)
    const { header } = container
    const shared = { by, legend: header.legend ?? [], other: header.other ?? 0, none: header.none ?? 0 }
    if (header.kind === "number") {
      const [low, high] = [header.low ?? 0, header.high ?? 1]
      return { ...shared, kind: "number", low, high, numbers: arrayOf(container, "number", Float32Array) }
    }
    return { ...shared, kind: "category", categories: arrayOf(container, "category", Uint8Array) }
  }

  /**
   * @param {string} search The parameters of its URL.
   * @param {AbortSignal} signal
   * @returns {Promise<Hits>}
   */
  async hits(search, signal) {
    const container = await this.container("/hits", `${search}&limit=10000`, signal)
    const { count = 0, query = null } = container.header
    const points = arrayOf(container, "points", Uint32Array)
    return { points, strengths: arrayOf(container, "strengths", Float32Array), count, query }
  }

  /**
   * @param {Shape | { clusters: number[] } | { points: number[] }} what
   * @param {string | null} base The selection that it is added to, or taken from.
   * @param {string} mode
   * @param {AbortSignal} signal
   * @returns {Promise<Chosen>}
   */
  select(what, base, mode, signal) {
    const based = base ? { base, mode } : {}
    return ask(this.plain("/selections"), { version: this.version, ...what, ...based }, signal)
  }

  /**
   * @param {string} id Of a selection.
   * @param {AbortSignal} signal
   */
  async selected(id, signal) {
    return arrayOf(await this.container(`/selections/${encodeURIComponent(id)}/points`, "", signal), "points", Uint32Array)
  }

  /**
   * @param {string} id Of a selection.
   * @param {AbortSignal} signal
   */
  async ids(id, signal) {
    const answer = await send(this.plain(`/selections/${encodeURIComponent(id)}/ids`), undefined, signal)
    return (await answer.text()).split("\n").filter(Boolean)
  }

  /**
   * @param {string} id Of a selection.
   * @param {string} name
   * @returns {Promise<Chosen>}
   */
  keep(id, name) {
    return ask(this.plain(`/selections/${encodeURIComponent(id)}`), { name }, undefined, "PATCH")
  }

  /**
   * @param {number} number Of a cluster.
   * @param {string} name "" for its own.
   * @returns {Promise<Cluster>}
   */
  rename(number, name) {
    return ask(this.plain(`/clusters/${number}`), { name, version: this.version }, undefined, "PATCH")
  }

  /** What the points can be coloured by. */
  async colourings() {
    /** @type {MapStatus} */
    const { colours } = await ask(this.route)
    return colours
  }
}
