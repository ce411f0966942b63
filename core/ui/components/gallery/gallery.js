// Search results as pictures. Python sends the first page of an `answer`, the `search` it answers, `k`, how many of its
// results to show, and the `routes` of the app. The triggers answer: "act" with what to do with which pictures, "narrow"
// with a condition as it is typed, "k" with another number, "map" when the results are wanted on it, "changed" when tags
// were.

import { Compare } from "../compare/compare.js"
import { finder, mounting, parts } from "../shared/base.js"
import { ASKED } from "../shared/edits.js"
import { plural } from "../shared/format.js"
import { scroller } from "../shared/scrolling/scroller.js"
import { Toast } from "../shared/notices/toast.js"
import { Toolbar } from "./actions.js"
import { Details } from "./details/details.js"
import { Downloads } from "./downloads.js"
import { Input } from "./input.js"
import { Menu } from "./menu.js"
import { TileBoxes } from "./results/boxes.js"
import { Count } from "./results/count.js"
import { Grid } from "./results/grid.js"
import { Head } from "./results/head.js"
import { isDivided } from "./results/matching.js"
import { Pages } from "./results/pages.js"
import { Place } from "./results/place.js"
import { Sizes } from "./results/sizes.js"
import { MAX_K } from "./results/steps.js"
import { Selection } from "./selection.js"
import { SelectionBar } from "./selection_bar.js"
import { Stack } from "./stack.js"
import { retagged, TagDialog } from "./tag_dialog.js"

/** @import { Trigger } from "../shared/types.d.ts" */
/** @import { GalleryData, Known, Tagged } from "./types.d.ts" */

const SLIM = 880 // pixels: where the line of results becomes two

export default mounting(".gallery", (root, data, trigger) => new Gallery(root, data, trigger))

export class Gallery {
  /** @type {string | undefined} */
  key // of the search that is shown
  /** @type {string[]} */
  known = [] // the tags in use
  learning = false

  /**
   * @param {HTMLElement} root
   * @param {GalleryData} data
   * @param {Trigger} trigger
   */
  constructor(root, { search, routes }, trigger) {
    this.root = root
    this.search = search
    this.routes = routes
    this.trigger = trigger
    this.find = finder(root)
    this.menu = new Menu(this.find(".menu"))
    this.toast = new Toast(this.find(".toast"))
    this.toolbar = new Toolbar(this.find(".actions"))
    this.downloads = new Downloads(this.menu, this.toast)
    this.grid = new Grid(root)
    this.boxes = new TileBoxes(root)
    this.selection = new Selection(() => this.onSelect())
    this.head = new Head(root, { download: anchor => this.downloadAll(anchor), map: () => this.trigger("map", true) })
    this.count = this.buildCount()
    this.sizes = new Sizes(root, this.find(".results"), () => this.onSize())
    this.pages = new Pages(this.find(".end"), { received: () => this.onPage(), wanted: k => this.count.set(k) })
    this.place = new Place(this)
    this.compare = new Compare(this.find(".compare", HTMLDialogElement))
    this.tagging = new TagDialog(this.find(".tagging", HTMLDialogElement), (...changes) => this.onTagged(...changes))
    this.bar = this.buildBar()
    this.details = this.buildDetails()
    this.stack = new Stack(this.find(".stack"), this.selection, (item, leader) => this.details.open(item, leader))
    this.input = new Input(this)
    this.resizing = new ResizeObserver(() => this.fit())
    for (const watched of [root, this.find(".wanted-width")]) this.resizing.observe(watched)
  }

  buildCount() {
    return new Count(this.find(".controls .k"), {
      changed: () => this.onCount(),
      trigger: (name, value) => this.trigger(name, value),
    })
  }

  buildBar() {
    return new SelectionBar(this.find(".selection"), this.selection, {
      act: (action, items) => this.act(action, items),
      tag: () => this.tagging.open(this.selection.items, this.known, this.routes.tags ?? ""),
      download: anchor => this.downloadSelected(anchor),
      compare: () => this.compareSelected(),
    })
  }

  buildDetails() {
    return new Details(this.find(".details", HTMLDialogElement), this.selection, {
      act: (action, items) => this.act(action, items),
      narrow: text => this.narrow(text),
      tagged: (...changes) => this.onTagged(...changes),
      compare: items => this.compare.open({ items, routes: this.routes }),
      ahead: () => this.pages.load(),
      closed: item => this.grid.focus(item?.id ?? this.grid.current),
    })
  }

  fit() {
    const box = this.root.getBoundingClientRect()
    this.root.classList.toggle("slim", box.width < SLIM)
    this.grid.fit()
    this.bar.place(box)
  }

  close() {
    this.resizing.disconnect()
    for (const open of [this.input, this.pages, this.downloads, this.menu, this.stack, this.head, this.count, this.place, this.boxes, this.compare]) {
      open.close()
    }
    this.toast.hide()
    for (const dialog of parts(this.root, "dialog", HTMLDialogElement)) dialog.close()
  }

  /** @param {GalleryData} data */
  show({ answer, search, routes, k, answered, learning }) {
    const key = JSON.stringify([search, routes])
    const another = key !== this.key
    const first = this.key === undefined
    if (another) this.place.begin(search)
    Object.assign(this, { key, search, routes, learning, known: answer.tags })
    if (first) this.fit() // before the first tiles are laid out
    this.count.show({ k, answered })
    this.pages.k = this.count.k
    if (another) this.begin(first)
    this.pages.begin(answer, { search, url: search ? routes.search : undefined, another, loaded: this.place.loaded })
    this.render()
    if (!another) return
    this.announce(this.find(".counts").textContent)
    this.head.measure(parts(this.root, ".tile img", HTMLImageElement)[0])
  }

  /**
   * Another search: from the top, nothing chosen, nothing open.
   * @param {boolean} first
   */
  begin(first) {
    const { search, routes } = this
    this.root.classList.toggle("plain", !search)
    this.details.heat.forget()
    this.boxes.forget()
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
    const { search, routes, known, selection, learning } = this
    const { results, shown, answer } = this.pages
    this.root.classList.toggle("nothing", Boolean(answer.no_match))
    this.root.classList.toggle("judged", results.some(({ band }) => band))
    this.grid.show(shown, { search, routes, divided: !answer.no_match && isDivided(search) })
    this.grid.paint(selection)
    this.boxes.show(this.grid.tiles, routes)
    this.head.show(answer, { search, routes, learning })
    selection.renew(results)
    this.details.update({ items: this.grid.items, search, routes, known })
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
    const looked = grid.firstBelow(box.clientHeight / 2)
    const top = () => (looked && box.scrollTop ? grid.tile(looked.id).getBoundingClientRect().top : 0)
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

  /**
   * @param {string} action
   * @param {Known[]} items
   */
  act(action, items) {
    performance.mark(ASKED)
    this.trigger("act", { action, hashes: [...new Set(items.map(({ content_hash }) => content_hash))] })
  }

  /** @param {string} condition */
  narrow(condition) {
    performance.mark(ASKED)
    this.trigger("narrow", condition)
  }

  // Of two that are selected.
  compareSelected() {
    const { items, size } = this.selection
    if (size === 2) this.compare.open({ items, routes: this.routes })
    return size === 2
  }

  /** @param {HTMLElement} anchor */
  downloadSelected(anchor) {
    const ids = this.selection.items.map(({ id }) => id)
    this.offerDownload(anchor, plural(ids.length, "picture"), { ids }) // with the scores in this search
  }

  /**
   * All that match; where nothing does, what is shown.
   * @param {HTMLElement} anchor
   */
  downloadAll(anchor) {
    const { answer, shown } = this.pages
    const matched = answer.matched ?? 0
    const most = Math.min(matched || shown.length, MAX_K)
    const what = matched && shown[0].score != null ? plural(most, "match", "matches") : plural(most, "picture")
    const which = matched > MAX_K ? "the first" : matched ? "all" : "the"
    const nearest = answer.matched === 0 ? { ids: shown.map(({ id }) => id) } : { limit: most }
    this.offerDownload(anchor, `${which} ${what}`, nearest)
  }

  /**
   * @param {HTMLElement} anchor
   * @param {string} what In words.
   * @param {{ ids: string[] } | { limit: number }} which
   */
  offerDownload(anchor, what, which) {
    this.downloads.offer(anchor, `Download ${what}`, this.routes.exports ?? "", { ...this.search, ...which })
  }

  /** @type {Tagged} */
  onTagged(ids, add, remove, done) {
    this.known = [...new Set([...this.known, ...add])]
    const changed = (/** @type {Known} */ item) =>
      ids.includes(item.id) ? { ...item, tags: retagged(item.tags ?? [], add, remove) } : item
    this.pages.change(changed)
    if (this.details.item) this.details.item = changed(this.details.item)
    this.render()
    this.announce(done ?? "Tags saved")
    if (done) this.toast.done(done)
    this.trigger("changed", true)
  }

  /** @param {string} text */
  announce(text) {
    this.find(".announcement").textContent = text
  }
}
