// How results are shown. Each change of an option fires the trigger "options" once, with all of them; a slider fires
// while it is dragged too.

import { boxesOnTiles } from "../shared/setting.js"
import { element, finder, mounting, part, parts } from "../shared/base.js"
import { Edits } from "../shared/edits.js"
import { Floating } from "../shared/floating.js"
import { CHOICE_NAMES, CHOICES, HINTS, SUMMARIES } from "./words.js"

/** @import { Trigger } from "../shared/types.d.ts" */
/** @import { Choice, Options, Share, ViewData } from "./types.d.ts" */

const MOVED = 150 // ms that a slider rests before results follow it

// The panel of filters stands in Streamlit's sidebar, which a phone hides behind an arrow without a word.
const HEADER = "[data-testid=stHeader]"
const SIDEBAR = "[data-testid=stSidebar]"
const SIDEBAR_OPENER = "[data-testid=stExpandSidebarButton]" // only there while it is hidden

export default mounting(".view", (root, data, trigger) => new ViewOptions(root, data, trigger))

class ViewOptions {
  edits = new Edits("options")
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  waiting
  sent = "" // the options that were sent last
  leaving = new AbortController()
  signature = "" // of the button of filters as it is

  /**
   * @param {HTMLElement} root
   * @param {ViewData} data
   * @param {Trigger} trigger
   */
  constructor(root, data, trigger) {
    this.root = root
    this.data = data
    this.trigger = trigger
    this.options = { ...data.options }
    this.find = finder(root)
    this.opener = this.find(".opener")
    this.popover = this.find(".options")
    this.floating = new Floating(this.popover)
    this.filters = this.find(".filters")
    this.boxes = this.find(".boxes input", HTMLInputElement)
    this.watching = new ResizeObserver(() => this.makeRoom())
    this.sidebar = new MutationObserver(() => this.paintFilters())
    for (const name of CHOICE_NAMES) this.addPills(name)
    this.addSlider("duplicate_threshold")
    this.addSlider("diversity")
    this.listen()
  }

  listen() {
    this.filters.onclick = () => parts(document, SIDEBAR_OPENER)[0]?.click()
    this.sidebar.observe(document.querySelector(HEADER) ?? document.body, { childList: true, subtree: true })
    for (const beside of [this.find(".buttons"), ...parts(document, SIDEBAR)]) this.watching.observe(beside)
    this.opener.onclick = () => (this.floating.open ? this.floating.close() : this.open())
    this.find(".close").onclick = () => this.leave()
    this.find(".automatic").onclick = () => this.automatic()
    this.find(".reset").onclick = () => this.reset()
    this.boxes.onchange = () => boxesOnTiles.set(this.boxes.checked)
    boxesOnTiles.listen(() => this.paint(), this.leaving.signal)
    this.root.onkeydown = event => event.stopPropagation() // Streamlit has shortcuts of its own on single letters
  }

  close() {
    clearTimeout(this.waiting)
    this.leaving.abort()
    this.watching.disconnect()
    this.sidebar.disconnect()
    makeRoom("view", 0)
    this.floating.close()
  }

  open() {
    this.floating.show(this.opener)
    const radios = parts(this.popover, "[name=sort]", HTMLInputElement)
    const chosen = [...radios.filter(radio => radio.checked), ...radios].find(radio => radio.checkVisibility())
    chosen?.focus({ preventScroll: true })
  }

  leave() {
    this.floating.close()
    this.opener.focus()
  }

  makeRoom() {
    makeRoom("view", this.find(".buttons").offsetWidth)
    const [sidebar] = parts(document, SIDEBAR)
    if (sidebar?.dataset.collapsed === "false") makeRoom("sidebar", sidebar.offsetWidth)
  }

  /**
   * @template {Choice} Name
   * @param {Name} name
   */
  addPills(name) {
    const field = this.find(`[data-option=${name}]`)
    const hint = field.querySelector(".hint")
    const pills = part(field, ".pills")
    for (const [value, text] of entries(CHOICES[name])) {
      const radio = element("input", { type: "radio", class: "visually-hidden", name, value })
      if (hint?.id) radio.setAttribute("aria-describedby", hint.id)
      radio.onchange = () => this.set(name, value)
      const pill = element("label", { class: "pill" })
      pill.append(radio, element("span", {}, text))
      pills.append(pill)
    }
  }

  /** @param {Share} name */
  addSlider(name) {
    const slider = this.find(`#${name}`, HTMLInputElement)
    slider.oninput = () => {
      this.options[name] = Number(slider.value)
      this.paint()
      clearTimeout(this.waiting)
      this.waiting = setTimeout(() => this.send(), MOVED)
    }
    slider.onchange = () => this.send()
  }

  /** @param {ViewData} data */
  show(data) {
    this.data = data
    if (this.edits.settles(data) && !this.waiting) this.options = { ...data.options }
    this.paint()
    this.paintFilters()
  }

  // Called for whatever changes in Streamlit's header: nothing is touched where this has not changed.
  paintFilters() {
    const { narrowed } = this.data
    const hidden = !document.querySelector(SIDEBAR_OPENER)
    const signature = `${hidden} ${narrowed}`
    if (this.signature === signature) return
    this.signature = signature
    this.filters.hidden = hidden
    const badge = part(this.filters, ".badge")
    badge.hidden = !narrowed
    badge.textContent = String(narrowed)
    this.filters.setAttribute("aria-label", narrowed ? `Filters, ${narrowed} set` : "Filters")
  }

  /**
   * @template {keyof Options} Name
   * @param {Name} name
   * @param {Options[Name]} value
   */
  set(name, value) {
    this.options[name] = value
    this.paint()
    this.send()
  }

  automatic() {
    this.set("duplicate_threshold", null)
    this.find("#duplicate_threshold").focus() // the button that was pressed is gone
  }

  reset() {
    this.options = { ...this.data.defaults }
    this.paint()
    this.send()
  }

  // A slider that is let go has often been heard of already, while it rested.
  send() {
    clearTimeout(this.waiting)
    this.waiting = undefined
    const options = JSON.stringify(this.options)
    if (options === this.sent && !this.edits.settles(this.data)) return
    if (options === JSON.stringify(this.data.options) && this.edits.settles(this.data)) return
    this.sent = options
    this.edits.send(this.trigger, this.options)
  }

  paint() {
    const { options, data } = this
    const changed = entries(data.defaults).some(([name, value]) => options[name] !== value)
    this.paintChoices()
    this.paintSummary(changed)
    this.find("#min_match-hint").textContent =
      data.no_match && options.min_match !== "all" ? "Nothing really matches. Choose Everything to see the nearest." : HINTS[options.min_match]
    this.find("#collapse-hint").textContent = HINTS[options.collapse]
    this.find(".look-alikes").hidden = options.collapse !== "alike"
    const { duplicate_threshold: chosen } = options
    this.paintSlider("duplicate_threshold", chosen ?? data.duplicate_threshold, chosen === null ? "auto · " : "")
    this.find(".automatic").hidden = chosen === null
    this.paintSlider("diversity", options.diversity, "")
    this.find(".reset", HTMLButtonElement).disabled = !changed
    this.find(".boxes").hidden = !data.labelled
    this.boxes.checked = boxesOnTiles.value
  }

  // Where nothing is matched nothing is the best match, and there is no end of matches to choose or to vary.
  paintChoices() {
    for (const name of CHOICE_NAMES) {
      const radios = parts(this.popover, `[name=${name}]`, HTMLInputElement)
      for (const radio of radios) radio.checked = radio.value === this.options[name]
    }
    this.find(".pill:has([value=best])").hidden = !this.data.scored
    for (const section of parts(this.popover, ".of-matches")) section.hidden = !this.data.scored
  }

  /** @param {boolean} changed */
  paintSummary(changed) {
    const { options, data } = this
    this.find(".main").textContent = data.scored || options.sort !== "best" ? CHOICES.sort[options.sort] : "Sort"
    this.find(".rest").textContent = ` · ${SUMMARIES[options.collapse]}`
    this.opener.classList.toggle("changed", changed)
    this.opener.setAttribute("aria-label", this.find(".summary").textContent) // on a phone it is an icon only
  }

  /**
   * @param {Share} name
   * @param {number} value
   * @param {string} how
   */
  paintSlider(name, value, how) {
    const slider = this.find(`#${name}`, HTMLInputElement)
    const shown = value.toFixed(3).replace(/0$/, "")
    if (Number(slider.value) !== value) slider.value = String(value)
    const [at, min, max] = [slider.value, slider.min, slider.max].map(Number)
    slider.style.setProperty("--share", String((at - min) / (max - min)))
    slider.setAttribute("aria-valuetext", how + shown)
    this.find(`output[for=${name}]`).textContent = how + shown
  }
}

/**
 * What an object of known keys holds.
 * @template {string} Key
 * @template Value
 * @param {Record<Key, Value>} held
 */
function entries(held) {
  return /** @type {[Key, Value][]} */ (Object.entries(held))
}

/**
 * What stands in the same line, or beside, reads how much of it is taken.
 * @param {string} name
 * @param {number} pixels
 */
function makeRoom(name, pixels) {
  const [style, room] = [document.documentElement.style, `${pixels}px`]
  if (style.getPropertyValue(`--image-search-${name}`) !== room) style.setProperty(`--image-search-${name}`, room)
}
