// The results that are here, and those that follow. Python hands over the first page; the others are asked for one
// after another, before the visitor has scrolled to them.

const PAGE = 60
const RENEWED_AT_ONCE = 240
const AHEAD = "150%" // of what is seen at one time
const MOST = 10_000 // so many are ranked

class Pages {
  results = []
  latest = new Latest()

  constructor(foot, { received }) {
    this.foot = foot
    this.received = received
    foot.querySelector("button").onclick = () => this.load()
    this.observer = null
  }

  // Another search begins anew. The same one with a new first page keeps what was loaded, and asks for it again.
  begin(answer, { search, url, another }) {
    this.latest.stop()
    Object.assign(this, { answer, search, url, trouble: "" })
    const loaded = another ? 0 : this.next
    const fresh = new Set(answer.results.map(({ id }) => id))
    // Shown until they have been asked for again.
    this.stale = another ? [] : this.results.slice(answer.results.length).filter(({ id }) => !fresh.has(id))
    this.until = this.stale.length ? loaded : 0
    this.fresh = answer.results
    this.next = (answer.offset ?? 0) + answer.results.length
    this.settle()
    if (this.until) this.load()
    else this.watch()
  }

  get more() {
    return Boolean(this.url && this.answer.more && this.next < MOST)
  }

  async load() {
    if (this.latest.current || !this.more) return
    const signal = this.latest.begin()
    const again = Math.min(this.until - this.next, RENEWED_AT_ONCE)
    const limit = Math.min(again > 0 ? again : PAGE, MOST - this.next)
    this.trouble = ""
    this.paint()
    try {
      this.take(await ask(this.url, { ...this.search, offset: this.next, limit }, signal))
    } catch (error) {
      if (stopped(error)) return
      this.trouble = error.message
    }
    this.latest.current = null
    this.settle()
    if (this.trouble) return
    this.received(this)
    if (this.until > this.next) this.load()
    else this.watch()
  }

  // The order of what was looked at may change a little from page to page: nothing is shown twice.
  take(answer) {
    const known = new Set(this.fresh.map(({ id }) => id))
    this.fresh = [...this.fresh, ...answer.results.filter(({ id }) => !known.has(id))]
    this.next += answer.results.length
    this.answer = { ...this.answer, ...answer, milliseconds: this.answer.milliseconds }
    if (!answer.results.length) this.answer.more = false
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
    const { trouble, more } = this
    const end = more ? "" : this.ending()
    this.foot.querySelector(".spinner").hidden = !this.latest.current
    this.foot.querySelector("p").textContent = trouble ? `More pictures could not be loaded. ${trouble}` : end
    this.foot.querySelector("button").hidden = !trouble
  }

  ending() {
    const { searched = 0 } = this.answer
    const shown = this.results.reduce((sum, { count }) => sum + (count ?? 1), 0)
    if (!this.search || !this.results.length) return ""
    if (shown < searched && this.next >= MOST - PAGE) {
      return `The nearest ${MOST.toLocaleString("en")} are shown: narrow the search to see others.`
    }
    return searched === 1 ? "One picture is shown." : `All ${plural(searched, "picture")} are shown.`
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

// What the visitor scrolls to move this.
function scroller(within) {
  let box = within.getRootNode().host
  while (box && !/auto|scroll/.test(getComputedStyle(box).overflowY)) box = box.parentElement
  return box ?? document.scrollingElement
}
