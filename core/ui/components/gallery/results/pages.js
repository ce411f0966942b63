// The results that are here, and those that follow. Python hands over the first page; the others are asked for one
// after another, before the visitor has scrolled to them.

import { finder } from "../../shared/base.js"
import { plural } from "../../shared/format.js"
import { ask, Latest, sentence, stopped } from "../../shared/requests.js"
import { scroller } from "../../shared/scrolling/scroller.js"
import { MAX_K, stepAfter } from "./steps.js"

/** @import { Answer, FirstPage, Known, PagedAnswer, Search } from "../types.d.ts" */

const PAGE = 60
const RENEWED_AT_ONCE = 240
const MAX_AT_ONCE = 200
const AHEAD = "60%" // of what is seen at one time

export class Pages {
  /** @type {PagedAnswer} */
  answer = { results: [] }
  /** @type {Search | null} */
  search = null
  /** @type {string | undefined} */
  url // without it nothing follows
  signature = "" // of the first page
  trouble = ""
  /** @type {Known[]} */
  results = []
  /** @type {Known[]} */
  fresh = [] // those that the server has sent for this search
  /** @type {Known[]} */
  stale = [] // those shown until they have been asked for again
  k = MAX_K // how many are wanted
  next = 0 // how many were sent
  until = 0 // how many are to be asked for, whether they are scrolled to or not
  latest = new Latest()
  /** @type {IntersectionObserver | null} */
  observer = null

  /**
   * @param {HTMLElement} foot
   * @param {{ received: () => void, wanted: (k: number) => void }} handlers `wanted` is called with how many results are
   *   to be.
   */
  constructor(foot, { received, wanted }) {
    this.foot = foot
    this.received = received
    this.find = finder(foot)
    this.find(".again").onclick = () => this.load()
    this.find(".show-more").onclick = () => wanted(stepAfter(this.shown.length))
  }

  /**
   * Another search begins anew, and loads so many at once. The same one with a new first page keeps what was loaded, and
   * asks for it again; with the same first page nothing is to be done.
   * @param {FirstPage} answer
   * @param {{ search: Search | null, url: string | undefined, another: boolean, loaded: number }} context
   */
  begin(answer, { search, url, another, loaded: wanted }) {
    const signature = JSON.stringify([search, { ...answer, milliseconds: null }])
    if (!another && signature === this.signature) return this.go()
    const loaded = another ? wanted : this.next
    const fresh = new Set(answer.results.map(({ id }) => id))
    this.latest.stop()
    Object.assign(this, { signature, answer, search, url, trouble: "" })
    this.stale = another ? [] : this.results.slice(answer.results.length).filter(({ id }) => !fresh.has(id))
    this.until = another || this.stale.length ? loaded : 0
    this.fresh = withKind(answer)
    this.next = (answer.offset ?? 0) + answer.results.length
    this.settle()
    this.go()
  }

  // Few are loaded at once, many as they are scrolled to.
  go() {
    const wanted = this.k <= MAX_AT_ONCE ? this.k : 0
    this.until = Math.min(Math.max(this.until, wanted), this.k)
    if (this.until > this.next) this.load()
    else this.watch()
  }

  get more() {
    return Boolean(this.url && this.answer.has_more && this.next < Math.min(this.k, MAX_K))
  }

  // Whether it is the number of results that says which they are: the best k are sorted otherwise.
  get depends() {
    const { results, search } = this
    return (search?.sort ?? "best") !== "best" && results[0]?.score != null
  }

  // The best k of what is here, in its order.
  get shown() {
    const { results, k } = this
    if (results.length <= k) return results
    if (!this.depends) return results.slice(0, k)
    const best = new Set([...results].sort((one, other) => (other.score ?? 0) - (one.score ?? 0)).slice(0, k))
    return results.filter(item => best.has(item))
  }

  get total() {
    return Math.max(this.answer.total ?? 0, this.results.length)
  }

  async load() {
    if (this.latest.current || !this.more || !this.url) return
    const signal = this.latest.begin()
    this.trouble = ""
    this.paint()
    try {
      this.add(await ask(this.url, this.question(), signal))
    } catch (error) {
      if (stopped(error)) return
      this.trouble = sentence(error)
    }
    this.latest.current = null
    this.settle()
    if (this.trouble) return
    this.received()
    this.go()
  }

  // The next page, as the search route takes it.
  question() {
    const again = Math.min(this.until - this.next, RENEWED_AT_ONCE)
    const limit = Math.min(again > 0 ? again : PAGE, Math.min(this.k, MAX_K) - this.next)
    return { ...this.search, k: this.depends ? this.k : MAX_K, offset: this.next, limit }
  }

  /**
   * The order of what was looked at may change a little from page to page: nothing is shown twice.
   * @param {Answer} answer
   */
  add(answer) {
    const known = new Set(this.fresh.map(({ id }) => id))
    this.fresh = [...this.fresh, ...withKind(answer).filter(({ id }) => !known.has(id))]
    this.next += answer.results.length
    this.answer = { ...this.answer, ...answer, milliseconds: this.answer.milliseconds }
    if (!answer.results.length) this.answer.has_more = false
  }

  settle() {
    if (this.until <= this.next || !this.more) this.stale = []
    const known = new Set(this.fresh.map(({ id }) => id))
    this.results = [...this.fresh, ...this.stale.filter(({ id }) => !known.has(id))]
    this.paint()
  }

  // Asks for more while the end is near. Watching it anew reports it also where it has not moved away.
  watch() {
    const root = scroller(this.foot)
    this.observer?.disconnect()
    this.observer = new IntersectionObserver(([{ isIntersecting }]) => isIntersecting && !this.trouble && this.load(), {
      root: root === document.scrollingElement ? null : root,
      rootMargin: `0px 0px ${AHEAD} 0px`,
    })
    this.observer.observe(this.foot)
  }

  paint() {
    const { trouble, more, shown, total, k } = this
    const held = Boolean(this.search) && !trouble && k < MAX_K && shown.length === k && k < total
    const end = held ? `${inFull(shown.length)} of ${inFull(total)} shown` : more ? "" : this.ending()
    this.find(".spinner").hidden = !this.latest.current
    this.find("p").textContent = trouble ? `More pictures could not be loaded. ${trouble}` : end
    this.find(".again").hidden = !trouble
    this.find(".show-more").hidden = !held
  }

  ending() {
    const { searched = 0 } = this.answer
    const shown = this.results.reduce((sum, { count = 1 }) => sum + count, 0)
    if (!this.search || !this.results.length) return ""
    if (shown < searched && this.next >= MAX_K - PAGE) {
      return `The nearest ${inFull(MAX_K)} are shown: narrow the search to see others.`
    }
    return searched === 1 ? "1 picture shown." : `All ${plural(searched, "picture")} shown.`
  }

  /**
   * Something of these pictures has changed here, and will come from the server too.
   * @param {(item: Known) => Known} changed
   */
  change(changed) {
    this.fresh = this.fresh.map(changed)
    this.stale = this.stale.map(changed)
    this.settle()
  }

  close() {
    this.latest.stop()
    this.observer?.disconnect()
  }
}

/** @param {number} number */
function inFull(number) {
  return number.toLocaleString("en")
}

/**
 * The results; with a mark on those of which no more is known than that they are of this kind.
 * @param {PagedAnswer} answer
 * @returns {Known[]}
 */
function withKind({ results, of_kind: known }) {
  return known ? results.map(item => (item.band === "weak" ? { ...item, ofKind: true } : item)) : results
}
