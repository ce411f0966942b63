// The searches made in this browser, newest first, each as the query part of its URL and what it is called.

import { remember, remembered } from "../../shared/base.js"
import { collection } from "../../shared/routes.js"

/** @import { RecentSearch } from "../types.d.ts" */

const MAX_RECENT = 30
const REMEMBERING = 1500 // milliseconds after which a search is kept, though no other follows

export class Recent {
  /** @type {RecentSearch[]} */
  kept = [] // for where the browser keeps nothing, as in a private window
  /** @type {RecentSearch | null} */
  newest = null // noted, not kept yet
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  soon
  // Apps under other paths of the same host have searches of their own, and so have collections.
  name = ["recent", location.pathname, collection()].filter(Boolean).join(" ")

  all() {
    const kept = remembered(this.name)
    return Array.isArray(kept) ? kept.filter(isRecentSearch) : this.kept
  }

  /**
   * Kept when it has stayed for a while, or another follows.
   * @param {RecentSearch} search
   */
  note(search) {
    this.settle()
    if (isSearch(search.address)) this.newest = search
    this.soon = setTimeout(() => this.settle(), REMEMBERING)
  }

  settle() {
    clearTimeout(this.soon)
    if (this.newest) this.keep([this.newest, ...this.without(this.newest.address)].slice(0, MAX_RECENT))
    this.newest = null
  }

  // What was noted last was only passed by.
  pass() {
    this.newest = null
  }

  /** @param {string} address */
  remove(address) {
    this.keep(this.without(address))
  }

  clear() {
    this.keep([])
  }

  /** @param {string} address */
  without(address) {
    return this.all().filter(other => !sameAddress(other.address, address))
  }

  /** @param {RecentSearch[]} searches */
  keep(searches) {
    this.kept = searches
    remember(this.name, searches)
  }
}

/**
 * @param {unknown} kept
 * @returns {kept is RecentSearch}
 */
export function isRecentSearch(kept) {
  if (typeof kept !== "object" || kept === null || !("address" in kept) || !("label" in kept)) return false
  return typeof kept.address === "string" && typeof kept.label === "string"
}

// The search that the page shows, without what is said of the page itself.
export function currentAddress() {
  const parameters = new URLSearchParams(location.search)
  for (const name of [...parameters.keys()]) if (/^embed|^collection$/.test(name)) parameters.delete(name)
  return parameters.size ? `?${parameters}` : ""
}

/** @type {Map<string, string>} */
const EARLIER = new Map([["cut", "min_match"], ["alike", "duplicate_threshold"]]) // names of before v1 of the API

/** @param {URLSearchParams} parameters */
function withCurrentNames(parameters) {
  const named = new URLSearchParams()
  for (const [name, value] of parameters) {
    named.append(EARLIER.get(name) ?? name, name === "collapse" && value === "picture" ? "image" : value)
  }
  return named
}

/**
 * The order of the parameters means nothing, that of one parameter's values does.
 * @param {string} one
 * @param {string} other
 */
export function sameAddress(one, other) {
  const sorted = (/** @type {string} */ address) => {
    const parameters = withCurrentNames(new URLSearchParams(address))
    parameters.sort()
    return parameters.toString()
  }
  return sorted(one) === sorted(other)
}

/** @param {string} address */
export function isSearch(address) {
  const parameters = new URLSearchParams(address)
  return ["q", "image", "more", "less"].some(name => parameters.get(name))
}

/**
 * The ids of the pictures that a search is made with.
 * @param {string} address
 */
export function imagesOf(address) {
  const parameters = new URLSearchParams(address)
  const named = ["image", "more"].flatMap(name => parameters.getAll(name))
  return named.flatMap(value => /^[0-9a-f]{64}/.exec(value)?.[0] ?? [])
}
