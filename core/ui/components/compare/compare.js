// Two pictures beside or over each other, zoomed and moved as one. It lives in the browser only: no run of the page
// knows of it.

import { closest, finder, happenedOn, parts } from "../shared/base.js"
import { ask, Latest } from "../shared/requests.js"
import { withParameter } from "../shared/routes.js"
import { difference, inWords } from "./difference.js"
import { isSame, placed, SAME } from "./geometry.js"
import { Pane } from "./pane.js"
import { Ways } from "./ways.js"
import { choiceButton, completed, lines, small } from "./words.js"
import { Zooming } from "./zooming.js"

/** @import { Pictures } from "../gallery/types.d.ts" */
/** @import { Alignment, Compared, Item, Transform } from "./types.d.ts" */

const STEP = 1.5 // times as large, by a button

export class Compare {
  /** @type {Compared | null} */
  shown = null
  /** @type {Item[]} */
  items = []
  /** @type {[first: number, second: number]} */
  sides = [0, 1] // places among the items
  aligned = true // where it is known how the second lies over the first
  /** @type {Map<string, Alignment>} */
  alignments = new Map() // by both ids
  completing = new Latest()
  aligning = new Latest()
  differing = "" // how much they differ, in words
  painting = 0

  /** @param {HTMLDialogElement} dialog */
  constructor(dialog) {
    const changed = () => this.later()
    this.dialog = dialog
    this.find = finder(dialog)
    this.panes = [new Pane(this.find(".pane.first"), changed), new Pane(this.find(".pane.second"), changed)]
    this.zooming = new Zooming(this.find(".panes"), {
      shownAt: target => this.panes[this.isSecond(target) && !this.over ? 1 : 0],
      paneAt: target => this.areas[this.isSecond(target) ? 1 : 0].getBoundingClientRect(),
      changed,
    })
    this.ways = new Ways(dialog, () => this.onWay())
    this.resizing = new ResizeObserver(changed)
    this.resizing.observe(this.find(".panes"))
    dialog.onclick = event => this.onClick(event)
    dialog.onkeydown = event => this.onKey(event)
    dialog.onclose = () => this.onClose()
  }

  close() {
    this.resizing.disconnect()
    this.dialog.close()
  }

  /** @param {Compared} shown */
  open(shown) {
    this.shown = shown
    this.items = [...shown.items]
    this.sides = [shown.first ?? 0, shown.second ?? 1]
    this.aligned = true
    this.ways.set("beside")
    if (!this.dialog.open) this.dialog.showModal()
    this.dialog.focus()
    this.pair()
    this.complete()
  }

  // What can be done with them may be another now.
  renew() {
    if (this.dialog.open) this.paintChoices()
  }

  /** @returns {[Item, Item]} */
  get both() {
    const [first, second] = this.sides
    return [this.items[first], this.items[second]]
  }

  get areas() {
    return this.panes.map(pane => pane.find(".area"))
  }

  get pairKey() {
    return this.both.map(({ id }) => id).join(" ")
  }

  /** @param {EventTarget | null} target */
  isSecond(target) {
    return !this.ways.layered && target instanceof Node && this.panes[1].element.contains(target)
  }

  // Another two.
  pair() {
    if (!this.shown) return
    for (const [at, item] of this.both.entries()) this.panes[at].show(item, this.shown.routes)
    this.differing = ""
    this.zooming.reset()
    this.paintWords()
    this.align()
  }

  // A picture of a stack comes with little that is known of it.
  async complete() {
    const { routes } = this.shown ?? {}
    const ids = this.items.filter(({ id, labels }) => id && labels === undefined).map(({ id }) => id)
    if (!routes?.pictures || !ids.length) return
    try {
      /** @type {Pictures} */
      const { pictures } = await ask(routes.pictures, { ids }, this.completing.begin())
      const found = new Map(pictures.map(picture => [picture.id, picture]))
      this.items = this.items.map(item => completed(item, found.get(item.id)))
    } catch {
      return // what is known is shown
    }
    for (const [at, item] of this.both.entries()) this.panes[at].item = item
    this.paintWords()
    this.later()
  }

  async align() {
    const { pair } = this.shown?.routes ?? {}
    const { pairKey } = this
    const [{ id: first }, { id: second }] = this.both
    if (!pair || !first || !second || this.alignments.has(pairKey)) return
    const url = withParameter(withParameter(pair, "first", first), "second", second)
    try {
      this.alignments.set(pairKey, await ask(url, undefined, this.aligning.begin()))
    } catch {
      return // then each lies as it is
    }
    this.differing = ""
    this.paintWords()
    this.later()
  }

  get alignment() {
    return this.alignments.get(this.pairKey)
  }

  /**
   * How the second lies over the first; null where each stands by itself.
   * @returns {Transform | null}
   */
  get over() {
    const transform = (this.aligned && this.alignment?.transform) || null
    if (this.ways.layered) return transform ?? SAME
    return isSame(transform) ? null : transform
  }

  // Once for all that happens before the next frame.
  later() {
    cancelAnimationFrame(this.painting)
    this.painting = requestAnimationFrame(() => this.paint())
  }

  paint() {
    if (!this.dialog.open) return
    const { over, zooming, panes } = this
    zooming.fit()
    const rooms = this.areas.map(area => area.getBoundingClientRect())
    const places = panes.map((pane, at) => placed(rooms[at], (at && over ? panes[0] : pane).ratio, zooming.view))
    for (const [at, pane] of panes.entries()) pane.place(places[at], at ? over : null)
    this.find(".scale").textContent = `${Math.round((100 * places[0].width) / panes[0].sides.width)} %`
    this.find(".fit").setAttribute("aria-disabled", String(zooming.view.scale === 1))
    this.measure()
  }

  // When both are here.
  measure() {
    const [first, second] = this.panes
    if (this.ways.way !== "difference" || this.differing || !first.isWhole || !second.isWhole) return
    this.differing = inWords(difference(first.image, second.image, this.over ?? SAME))
    this.paintHow()
  }

  onWay() {
    this.paintHow()
    this.later()
  }

  paintWords() {
    const { transform = null } = this.alignment ?? {}
    this.find(".compared-facts tbody").replaceChildren(...lines(...this.both))
    this.find(".align").hidden = isSame(transform)
    this.find(".align").setAttribute("aria-pressed", String(this.aligned))
    this.paintHow()
    this.paintChoices()
    this.paintStrip()
  }

  paintHow() {
    const { how } = this.alignment ?? {}
    const said = [how && `The second: ${how}.`, this.ways.way === "difference" && this.differing]
    this.find(".how").textContent = said.filter(Boolean).join(" ")
  }

  paintChoices() {
    for (const [at, item] of this.both.entries()) {
      const choices = this.shown?.choices?.(item) ?? []
      this.panes[at].find(".pane-choices").replaceChildren(...choices.map(choice => choiceButton(choice, item)))
    }
  }

  paintStrip() {
    const strip = this.find(".beside-strip")
    const thumbnails = this.shown?.routes.thumbnails ?? ""
    strip.hidden = this.items.length < 3
    strip.replaceChildren(...this.items.map((item, at) => small(item, at, this.sides.indexOf(at), thumbnails)))
  }

  /**
   * Another as the second.
   * @param {number} at
   */
  choose(at) {
    if (!this.sides.includes(at)) this.sides = [this.sides[0], at]
    this.pair()
    parts(this.find(".beside-strip"), "button")[at]?.focus()
  }

  exchange() {
    this.sides = [this.sides[1], this.sides[0]]
    this.pair()
  }

  /**
   * The next as the second.
   * @param {number} by
   */
  turn(by) {
    const { length } = this.items
    if (length < 3) return
    const [first, second] = this.sides
    const next = (second + by + length) % length
    this.sides = [first, next === first ? (next + by + length) % length : next]
    this.pair()
  }

  toggleAligned() {
    if (this.find(".align").hidden) return
    this.aligned = !this.aligned
    this.differing = ""
    this.zooming.reset()
    this.find(".align").setAttribute("aria-pressed", String(this.aligned))
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const button = closest(event, "button")
    if (event.target === this.dialog || button?.matches(".compare-close")) this.dialog.close()
    else if (button?.matches(".zoom-in")) this.zooming.zoom(STEP)
    else if (button?.matches(".zoom-out")) this.zooming.zoom(1 / STEP)
    else if (button?.matches(".fit")) this.zooming.zoom(0)
    else if (button?.matches(".align")) this.toggleAligned()
    else if (button?.dataset.at) this.choose(Number(button.dataset.at))
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    event.stopPropagation() // what it lies on has keys of its own
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (["Enter", " "].includes(event.key) && happenedOn(event, "button")) return // it is pressed
    if (event.key.startsWith("Arrow") && happenedOn(event, "input, .compared-facts")) return // it moves, or scrolls
    if (this.doKey(event.key) || this.ways.onKey(event.key) || this.zooming.onKey(event)) event.preventDefault()
  }

  /**
   * Whether the key means something.
   * @param {string} key
   */
  doKey(key) {
    if (this.shown?.keys?.(key)) return true
    if (key === "a") this.toggleAligned()
    else if (key === "x") this.exchange()
    else if (key === ".") this.turn(1)
    else if (key === ",") this.turn(-1)
    else return false
    return true
  }

  onClose() {
    this.completing.stop()
    this.aligning.stop()
    cancelAnimationFrame(this.painting)
    this.shown?.closed?.()
  }
}
