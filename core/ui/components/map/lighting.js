// A search on the map: its hits are lit, and the search itself stands where they are.

import { part } from "../shared/base.js"
import { plural } from "../shared/format.js"
import { Latest, sentence, stopped } from "../shared/requests.js"
import { leads } from "./links.js"

/** @import { CollectionMap } from "./map.js" */
/** @import { Hits, MapData } from "./types.d.ts" */

export class Lighting {
  /** @type {Hits | null} */
  hits = null
  search = "" // whose hits they are
  latest = new Latest()

  /** @param {CollectionMap} map */
  constructor(map) {
    this.map = map
    this.note = map.find(".lit")
    this.words = map.find(".lit-said")
  }

  close() {
    this.latest.stop()
  }

  /**
   * @param {MapData} data
   * @param {boolean} [again] Whether the points are others.
   */
  async show({ search }, again = false) {
    const { server } = this.map
    if ((!again && search === this.search) || !server) return
    this.search = search
    const signal = this.latest.begin()
    if (!search) return this.light(null)
    this.note.hidden = false
    this.words.textContent = "Searching…"
    try {
      this.light(await server.hits(search, signal))
    } catch (error) {
      if (stopped(error)) return
      this.light(null)
      this.map.selecting.toast.failed(sentence(error))
    }
  }

  /** @param {Hits | null} hits */
  light(hits) {
    const { stage, data, colours } = this.map
    this.hits = hits
    stage.query = hits?.query ? { ...hits.query, name: data.said || "Search" } : null
    stage.light("lit", hits?.points ?? null)
    this.note.hidden = !hits
    if (hits) this.tell(hits, data)
    colours.onHits(hits !== null)
  }

  /**
   * @param {Hits} hits
   * @param {MapData} data
   */
  tell({ count, query }, { said, search, routes }) {
    const lit = `${plural(count, "picture")} lit${said ? ` for “${said}”` : ""}.`
    this.words.textContent = [lit, query && `◆ is the search: ${lowered(query.said)}.`].filter(Boolean).join(" ")
    const link = part(this.note, "a", HTMLAnchorElement)
    leads(link, routes.page, search, this.map.go)
    this.map.announce(this.words.textContent)
  }
}

/** @param {string} sentence */
function lowered(sentence) {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, "")
}
