// The searches made in this browser, newest first, each as the query part of its address and what it is called.

import { remember, remembered } from "../../shared/base.js"

const MOST_RECENT = 30
const REMEMBERING = 1500 // milliseconds after which a search is kept, though no other follows

export class Recent {
  kept = [] // for where the browser keeps nothing, as in a private window
  name = `recent ${location.pathname}` // apps under other paths of the same host have searches of their own

  all() {
    const kept = remembered(this.name)
    return (Array.isArray(kept) ? kept : this.kept).filter(
      one => typeof one?.address === "string" && typeof one.label === "string"
    )
  }

  // Kept when it has stayed for a while, or another follows.
  note(one) {
    this.settle()
    if (isSearch(one.address)) this.newest = one
    this.soon = setTimeout(() => this.settle(), REMEMBERING)
  }

  settle() {
    clearTimeout(this.soon)
    if (this.newest) this.keep([this.newest, ...this.without(this.newest.address)].slice(0, MOST_RECENT))
    this.newest = undefined
  }

  // What was noted last was only passed by.
  pass() {
    this.newest = undefined
  }

  remove(address) {
    this.keep(this.without(address))
  }

  clear() {
    this.keep([])
  }

  without(address) {
    return this.all().filter(other => !sameAddress(other.address, address))
  }

  keep(all) {
    this.kept = all
    remember(this.name, all)
  }
}

// The search that the page shows, without what is said of the page itself.
export function currentAddress() {
  const parameters = new URLSearchParams(location.search)
  for (const name of [...parameters.keys()]) if (name.startsWith("embed")) parameters.delete(name)
  return parameters.size ? `?${parameters}` : ""
}

const EARLIER = { cut: "min_match", alike: "duplicate_threshold" } // names of before v1 of the API

/** @param {URLSearchParams} parameters */
function withCurrentNames(parameters) {
  const named = new URLSearchParams()
  for (const [name, value] of parameters) {
    named.append(EARLIER[name] ?? name, name === "collapse" && value === "picture" ? "image" : value)
  }
  return named
}

// The order of the parameters means nothing, that of one parameter's values does.
export function sameAddress(one, other) {
  const sorted = address => {
    const parameters = withCurrentNames(new URLSearchParams(address))
    parameters.sort()
    return parameters.toString()
  }
  return sorted(one) === sorted(other)
}

export function isSearch(address) {
  const parameters = new URLSearchParams(address)
  return ["q", "image", "more", "less"].some(name => parameters.get(name))
}

export function picturesOf(address) {
  const parameters = new URLSearchParams(address)
  const named = ["image", "more"].flatMap(name => parameters.getAll(name))
  return named.map(value => /^[0-9a-f]{64}/.exec(value)?.[0]).filter(Boolean)
}
