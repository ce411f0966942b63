// Searches that are kept on the server under a name.

import { ask, send } from "../../shared/requests.js"
import { below } from "../../shared/routes.js"
import { sameAddress } from "./recent.js"

/** @import { SavedSearch } from "../types.d.ts" */

export class Saved {
  /** @type {SavedSearch[]} */
  all = []

  /** @param {() => string} url Lists them, takes another, and has each at `/<id>`. */
  constructor(url) {
    this.url = url
  }

  async read() {
    /** @type {SavedSearch[]} */
    const saved = await ask(this.url())
    this.all = Array.isArray(saved) ? saved : []
  }

  /** @param {string} address */
  of(address) {
    return this.all.find(one => sameAddress(one.query_string, address))
  }

  /**
   * Under another name than before it is kept once, as one of the same name is.
   * @param {string} name
   * @param {string} address
   */
  async add(name, address) {
    const before = this.of(address)
    await ask(this.url(), { name, query_string: address })
    await this.read()
    const others = this.all.filter(one => one.id !== before?.id && sameAddress(one.query_string, address))
    if (before && others.length) await this.remove(before)
  }

  /** @param {SavedSearch} saved */
  async remove({ id }) {
    await send(below(this.url(), String(id)), undefined, undefined, "DELETE")
    await this.read()
  }
}
