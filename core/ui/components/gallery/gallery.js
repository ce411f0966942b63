// Search results as pictures. Python sends the first page of an `answer`, the `search` it answers, `k`, how many of its
// results to show, and the `routes` of the app. The triggers answer: "act" with what to do with which pictures, "narrow"
// with a condition as it is typed, "k" with another number, "changed" when tags were.

import { mounting } from "../shared/base.js"
import { ASKED } from "../shared/edits.js"
import { plural } from "../shared/format.js"
import { Toolbar } from "./actions.js"
import { Details } from "./details/details.js"
import { Downloads } from "./download.js"
import { Input } from "./input.js"
import { Menu } from "./menu.js"
import { Count } from "./results/count.js"
import { Grid } from "./results/grid.js"
import { Head } from "./results/head.js"
import { isDivided } from "./results/matching.js"
import { Pages, scroller } from "./results/pages.js"
import { Place } from "./results/place.js"
import { Sizes } from "./results/sizes.js"
import { MOST } from "./results/steps.js"
import { Selection, SelectionBar } from "./selection.js"
import { Stack } from "./stack.js"
import { retagged, TagDialog } from "./tags.js"
import { Toast } from "./toast.js"

const SLIM = 640 // pixels: where words have to go

export default mounting(".gallery", root => new Gallery(root))

class Gallery {
  routes
  trigger
  key
  search
  learning

  constructor(root) {
    this.root = root
    this.find = selector => root.querySelector(selector)
    this.menu = new Menu(this.find(".menu"))
    this.toast = new Toast(this.find(".toast"))
    this.toolbar = new Toolbar(this.find(".actions"))
    this.downloads = new Downloads(this.menu, this.toast)
    this.grid = new Grid(root)
    this.selection = new Selection(() => this.onSelect())
    this.bar = new SelectionBar(this.find(".selection"), this.selection, {
      act: (action, items) => this.act(action, items),
      tag: () => this.tagging.open(this.selection.items, this.known, this.routes.tags),
      take: anchor => this.takeSelected(anchor),
    })
    this.stack = new Stack(this.find(".stack"), this.selection, (item, leader) => this.details.open(item, leader))
    this.head = new Head(root, { take: anchor => this.takeAll(anchor) })
    this.count = new Count(this.find(".controls .k"), {
      changed: () => this.onCount(),
      send: (...change) => this.trigger(...change),
    })
    this.sizes = new Sizes(root, this.find(".results"), { changed: () => this.onSize() })
    this.pages = new Pages(this.find(".end"), { received: () => this.onPage(), wanted: k => this.count.set(k) })
    this.place = new Place(this)
    this.tagging = new TagDialog(this.find(".tagging"), { saved: (...changes) => this.onTagged(...changes) })
    this.details = new Details(this.find(".details"), {
      act: (action, items) => this.act(action, items),
      narrow: text => this.narrow(text),
      tagged: (...changes) => this.onTagged(...changes),
      select: item => this.selection.toggle(item),
      ahead: () => this.pages.load(),
      closed: item => this.grid.focus(item?.id ?? this.grid.current),
    })
    this.input = new Input(this)
    this.resizing = new ResizeObserver(() => this.fit())
    for (const part of [root, this.find(".wanted-width")]) this.resizing.observe(part)
  }

  fit() {
    const box = this.root.getBoundingClientRect()
    this.root.classList.toggle("slim", box.width < SLIM)
    this.grid.fit()
    this.bar.place(box)
    this.width = box.width
  }

  close() {
    this.resizing.disconnect()
    for (const part of [this.input, this.pages, this.downloads, this.menu, this.stack, this.head, this.count, this.place]) part.close()
    this.toast.hide()
    for (const dialog of this.root.querySelectorAll("dialog")) dialog.close()
  }

  show({ answer, search, routes, k = MOST, answered = 0, learning = false }) {
    const key = JSON.stringify([search, routes])
    const another = key !== this.key
    const first = this.key === undefined
    if (another) this.place.begin(search)
    Object.assign(this, { key, search, routes, learning, known: answer.tags ?? [] })
    if (first) this.fit() // before the first tiles are laid out
    this.count.show({ k, answered })
    this.pages.k = this.count.k
    if (another) this.begin(first)
    this.pages.begin(answer, { search, url: search && routes.search, another, loaded: this.place.loaded })
    this.render()
    if (!another) return
    this.announce(this.find(".counts").textContent)
    this.head.measure(this.find(".tile img"))
  }

  // Another search: from the top, nothing chosen, nothing open.
  begin(first) {
    const { search, routes } = this
    this.root.classList.toggle("plain", !search)
    this.details.heat.forget()
    this.toolbar.offer(search)
    this.bar.offer(search, routes)
    this.details.offer(search)
    if (first) return
    this.selection.clear()
    this.details.dialog.close()
    this.menu.close()
    this.stack.close()
    this.grid.rove(undefined)
    this.grid.forget()
    scroller(this.root).scrollTo({ top: 0, behavior: "instant" })
  }

  render() {
    const { search, routes, known, selection } = this
    const { results, shown, answer } = this.pages
    this.root.classList.toggle("nothing", Boolean(answer.no_match))
    this.root.classList.toggle("judged", results.some(({ band }) => band))
    this.grid.show(shown, { search, routes, divided: !answer.no_match && isDivided(search) })
    this.grid.paint(selection)
    this.head.show(answer, { search, routes, learning: this.learning })
    selection.renew(results)
    this.details.update({ items: this.grid.items, search, routes, known, selection })
    this.pages.paint()
    this.place.go()
  }

  onPage() {
    this.render()
    this.announce(`${plural(this.pages.shown.length, "picture")} shown`)
  }

  // Shown at once as far as they are here.
  onCount() {
    this.pages.k = this.count.k
    this.render()
    this.pages.go()
    this.announce(`${plural(this.pages.shown.length, "picture")} shown`)
  }

  // The picture that was looked at stays where it was.
  onSize() {
    const { grid } = this
    const box = scroller(this.root)
    const middle = box.clientHeight / 2
    const looked = grid.items.find(({ id }) => grid.tiles.get(id).getBoundingClientRect().bottom > middle)
    const top = () => (looked && box.scrollTop ? grid.tiles.get(looked.id).getBoundingClientRect().top : 0)
    const before = top()
    grid.fit()
    box.scrollTop += top() - before
  }

  onSelect() {
    const { size } = this.selection
    this.grid.paint(this.selection)
    this.bar.show()
    this.details.paintSelection()
    this.announce(size ? `${size.toLocaleString("en")} selected` : "Nothing selected")
  }

  act(action, items) {
    performance.mark(ASKED)
    this.trigger("act", { action, hashes: [...new Set(items.map(({ content_hash }) => content_hash))] })
  }

  narrow(text) {
    performance.mark(ASKED)
    this.trigger("narrow", text)
  }

  takeSelected(anchor) {
    const ids = this.selection.items.map(({ id }) => id)
    const heading = `Download ${plural(ids.length, "picture")}`
    this.downloads.offer(anchor, heading, this.routes.exports, { ...this.search, ids }) // with the scores in this search
  }

  // All that match; where nothing does, what is shown.
  takeAll(anchor) {
    const { answer, shown } = this.pages
    const most = Math.min(answer.matched || shown.length, MOST)
    const scored = answer.matched && shown[0].score != null
    const which = answer.matched > MOST ? "the first" : answer.matched ? "all" : "the"
    const what = scored ? plural(most, "match", "matches") : plural(most, "picture")
    const nearest = answer.matched === 0 ? { ids: shown.map(({ id }) => id) } : { limit: most }
    this.downloads.offer(anchor, `Download ${which} ${what}`, this.routes.exports, { ...this.search, ...nearest })
  }

  onTagged(ids, add, remove, done) {
    this.known = [...new Set([...this.known, ...add])]
    const changed = item =>
      ids.includes(item?.id) ? { ...item, tags: retagged(item.tags ?? [], add, remove) } : item
    this.pages.change(changed)
    this.details.item = changed(this.details.item)
    this.render()
    this.announce(done ?? "Tags saved")
    if (done) this.toast.done(done)
    this.trigger("changed", true)
  }

  announce(text) {
    this.find(".announcement").textContent = text
  }
}
