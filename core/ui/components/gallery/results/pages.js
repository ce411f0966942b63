// The results that are here, and those that follow. Python hands over the first page; the others are asked for one
// after another, before the visitor has scrolled to them.

import { plural } from "../../shared/format.js"
import { ask, Latest, stopped } from "../../shared/requests.js"
import { MOST, stepAfter } from "./steps.js"

const PAGE = 60
const RENEWED_AT_ONCE = 240
const MOST_AT_ONCE = 200
const AHEAD = "60%" // of what is seen at one time

export class Pages {
  url
  search
  received
  foot
  results = []
  fresh = [] // those that the server has sent for this search
  stale = [] // those shown until they have been asked for again
  k = MOST // how many are wanted
  until = 0
  latest = new Latest()

  // `wanted` is called with how many more results are to be.
  constructor(foot, { received, wanted }) {
    Object.assign(this, { foot, received })
    foot.querySelector(".again").onclick = () => this.load()
    foot.querySelector(".show-more").onclick = () => wanted(stepAfter(this.shown.length))
    this.observer = null
  }

  // Another search begins anew, and loads so many at once. The same one with a new first page keeps what was loaded, and
  // asks for it again; with the same first page nothing is to be done.
  begin(answer, { search, url, another, loaded: wanted }) {
    const signature = JSON.stringify([search, { ...answer, milliseconds: null }])
    if (!another && signature === this.signature) return this.go()
    this.signature = signature
    this.latest.stop()
    Object.assign(this, { answer, search, url, trouble: "" })
    const loaded = another ? wanted : this.next
    const fresh = new Set(answer.results.map(({ id }) => id))
    this.stale = another ? [] : this.results.slice(answer.results.length).filter(({ id }) => !fresh.has(id))
    this.until = another || this.stale.length ? loaded : 0
    this.fresh = withKind(answer)
    this.next = (answer.offset ?? 0) + answer.results.length
    this.settle()
    this.go()
  }

  // Few are loaded at once, many as they are scrolled to.
  go() {
    const wanted = this.k <= MOST_AT_ONCE ? this.k : 0
    this.until = Math.min(Math.max(this.until, wanted), this.k)
    if (this.until > this.next) this.load()
    else this.watch()
  }

  get more() {
    return Boolean(this.url && this.answer.has_more && this.next < Math.min(this.k, MOST))
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
    const best = new Set([...results].sort((one, other) => other.score - one.score).slice(0, k))
    return results.filter(item => best.has(item))
  }

  get total() {
    return Math.max(this.answer.total ?? 0, this.results.length)
  }

  async load() {
    if (this.latest.current || !this.more) return
    const signal = this.latest.begin()
    const again = Math.min(this.until - this.next, RENEWED_AT_ONCE)
    const limit = Math.min(again > 0 ? again : PAGE, Math.min(this.k, MOST) - this.next)
    this.trouble = ""
    this.paint()
    try {
      this.take(await ask(this.url, { ...this.search, k: this.depends ? this.k : MOST, offset: this.next, limit }, signal))
    } catch (error) {
      if (stopped(error)) return
      this.trouble = error.message
    }
    this.latest.current = null
    this.settle()
    if (this.trouble) return
    this.received(this)
    this.go()
  }

  // The order of what was looked at may change a little from page to page: nothing is shown twice.
  take(answer) {
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
    const { trouble, more, shown, total, foot, k } = this
    const held = this.search && !trouble && k < MOST && shown.length === k && k < total
    const end = held ? `${inFull(shown.length)} of ${inFull(total)} shown` : more ? "" : this.ending()
    foot.querySelector(".spinner").hidden = !this.latest.current
    foot.querySelector("p").textContent = trouble ? `More pictures could not be loaded. ${trouble}` : end
    foot.querySelector(".again").hidden = !trouble
    foot.querySelector(".show-more").hidden = !held
  }

  ending() {
    const { searched = 0 } = this.answer
    const shown = this.results.reduce((sum, { count }) => sum + (count ?? 1), 0)
    if (!this.search || !this.results.length) return ""
    if (shown < searched && this.next >= MOST - PAGE) {
      return `The nearest ${MOST.toLocaleString("en")} are shown: narrow the search to see others.`
    }
    return searched === 1 ? "1 picture shown." : `All ${plural(searched, "picture")} shown.`
  }

  // Something of these pictures has changed here, and will come from the server too.
  change(changed) {
    Object.assign(this, { fresh: this.fresh.map(changed), stale: this.stale.map(changed) })
    this.settle()
  }

  close() {
    this.latest.stop()
    this.observer?.disconnect()
  }
}

function inFull(number) {
  return number.toLocaleString("en")
}

// What the visitor scrolls to move this.
export function scroller(within) {
  let box = within.getRootNode().host
  while (box && !/auto|scroll/.test(getComputedStyle(box).overflowY)) box = box.parentElement
  return box ?? document.scrollingElement
}

// The results; with a mark on those of which no more is known than that they are of this kind.
function withKind({ results, of_kind: known }) {
  return known ? results.map(item => (item.band === "weak" ? { ...item, ofKind: true } : item)) : results
}
