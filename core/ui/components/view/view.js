// How results are shown. Each change of an option fires the trigger "options" once, with all of them; a slider fires
// while it is dragged too.

import { element, mounting } from "../shared/base.js"
import { Edits } from "../shared/edits.js"
import { Floating } from "../shared/floating.js"

const MOVED = 150 // ms that a slider rests before results follow it

const CHOICES = {
  sort: {
    best: "Best match",
    newest: "Newest",
    oldest: "Oldest",
    largest: "Largest",
    smallest: "Smallest",
    name: "Name",
  },
  min_match: { auto: "Auto", strong: "Strong", likely: "Likely", weak: "Weak", all: "Everything" },
  collapse: { off: "Off", bytes: "Copies", image: "Same picture", alike: "Look-alikes" },
}

const HINTS = {
  auto: "Ends where the search's own matches end.",
  strong: "Only clear matches.",
  likely: "Also probable matches.",
  weak: "Also possible matches.",
  all: "Everything, best first, matching or not.",
  off: "Every file is shown on its own.",
  bytes: "Files with the same content are shown once.",
  image: "Also other sizes, formats and mirrored copies of a picture.",
  alike: "Also cropped copies and shots from a series.",
}

const SUMMARIES = {
  off: "all files",
  bytes: "copies as one",
  image: "same picture as one",
  alike: "look-alikes as one",
}

// The panel of filters stands in Streamlit's sidebar, which a phone hides behind an arrow without a word.
const HEADER = "[data-testid=stHeader]"
/** @returns {HTMLElement | null} */
const sidebar = () => document.querySelector("[data-testid=stSidebar]")
/** Only there while it is hidden. @returns {HTMLElement | null} */
const sidebarOpener = () => document.querySelector("[data-testid=stExpandSidebarButton]")

export default mounting(".view", root => new View(root))

class View {
  trigger
  edits = new Edits("options")

  constructor(root) {
    this.find = selector => root.querySelector(selector)
    this.opener = this.find(".opener")
    this.popover = this.find(".options")
    this.floating = new Floating(this.popover)
    for (const name of Object.keys(CHOICES)) this.addPills(name)
    this.addSlider("duplicate_threshold")
    this.addSlider("diversity")
    this.filters = this.find(".filters")
    this.filters.onclick = () => sidebarOpener()?.click()
    this.sidebar = new MutationObserver(() => this.paintFilters())
    this.sidebar.observe(document.querySelector(HEADER) ?? document.body, { childList: true, subtree: true })
    this.watching = new ResizeObserver(() => {
      makeRoom("view", root.querySelector(".buttons").offsetWidth)
      const beside = sidebar()
      if (beside?.dataset.collapsed === "false") makeRoom("sidebar", beside.offsetWidth)
    })
    this.watching.observe(this.find(".buttons"))
    const beside = sidebar()
    if (beside) this.watching.observe(beside)
    this.opener.onclick = () => (this.floating.open ? this.floating.close() : this.open())
    this.find(".close").onclick = () => this.leave()
    this.find(".automatic").onclick = () => this.automatic()
    this.find(".reset").onclick = () => this.reset()
    root.onkeydown = event => event.stopPropagation() // Streamlit has shortcuts of its own on single letters
  }

  close() {
    clearTimeout(this.waiting)
    this.watching.disconnect()
    this.sidebar.disconnect()
    makeRoom("view", 0)
    this.floating.close()
  }

  open() {
    this.floating.show(this.opener)
    const chosen = [...this.popover.querySelectorAll("[name=sort]:checked"), ...this.popover.querySelectorAll("[name=sort]")]
    chosen.find(radio => radio.checkVisibility()).focus({ preventScroll: true })
  }

  leave() {
    this.floating.close()
    this.opener.focus()
  }

  addPills(name) {
    const field = this.find(`[data-option=${name}]`)
    const hint = field.querySelector(".hint")
    for (const [value, text] of Object.entries(CHOICES[name])) {
      const radio = element("input", { type: "radio", class: "visually-hidden", name, value })
      if (hint?.id) radio.setAttribute("aria-describedby", hint.id)
      radio.onchange = () => this.set(name, value)
      const pill = element("label", { class: "pill" })
      pill.append(radio, element("span", {}, text))
      field.querySelector(".pills").append(pill)
    }
  }

  addSlider(name) {
    const slider = this.find(`#${name}`)
    slider.oninput = () => {
      this.options[name] = Number(slider.value)
      this.paint()
      clearTimeout(this.waiting)
      this.waiting = setTimeout(() => this.send(), MOVED)
    }
    slider.onchange = () => this.send()
  }

  show(data) {
    this.data = data
    if (this.edits.settles(data) && !this.waiting) this.options = { ...data.options }
    this.options ??= { ...data.options }
    this.paint()
    this.paintFilters()
  }

  // Called for whatever changes in Streamlit's header: nothing is touched where this has not changed.
  paintFilters() {
    const { narrowed } = this.data
    const hidden = !sidebarOpener()
    const signature = `${hidden} ${narrowed}`
    if (this.signature === signature) return
    this.signature = signature
    this.filters.hidden = hidden
    const badge = this.filters.querySelector(".badge")
    badge.hidden = !narrowed
    badge.textContent = narrowed
    this.filters.setAttribute("aria-label", narrowed ? `Filters, ${narrowed} set` : "Filters")
  }

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
    for (const name of Object.keys(CHOICES)) {
      for (const radio of this.popover.querySelectorAll(`[name=${name}]`)) radio.checked = radio.value === options[name]
    }
    // Where nothing is matched nothing is the best match, and there is no end of matches to choose or to vary.
    this.find(".pill:has([value=best])").hidden = !data.scored
    for (const part of this.popover.querySelectorAll(".of-matches")) part.hidden = !data.scored
    this.find(".main").textContent = data.scored || options.sort !== "best" ? CHOICES.sort[options.sort] : "Sort"
    this.find(".rest").textContent = ` · ${SUMMARIES[options.collapse]}`
    this.find("#min_match-hint").textContent =
      data.no_match && options.min_match !== "all" ? "Nothing really matches. Choose Everything to see the nearest." : HINTS[options.min_match]
    this.find("#collapse-hint").textContent = HINTS[options.collapse]
    this.find(".duplicates").hidden = options.collapse !== "alike"
    const { duplicate_threshold: chosen } = options
    this.paintSlider("duplicate_threshold", chosen ?? data.duplicate_threshold, chosen === null ? "auto · " : "")
    this.find(".automatic").hidden = chosen === null
    this.paintSlider("diversity", options.diversity, "")
    const changed = Object.entries(data.defaults).some(([name, value]) => options[name] !== value)
    this.opener.classList.toggle("changed", changed)
    this.opener.setAttribute("aria-label", this.find(".summary").textContent) // on a phone it is an icon only
    this.find(".reset").disabled = !changed
  }

  paintSlider(name, value, how) {
    const slider = this.find(`#${name}`)
    const shown = value.toFixed(3).replace(/0$/, "")
    if (Number(slider.value) !== value) slider.value = value
    slider.style.setProperty("--share", (slider.value - slider.min) / (slider.max - slider.min))
    slider.setAttribute("aria-valuetext", how + shown)
    this.find(`output[for=${name}]`).textContent = how + shown
  }
}

// What stands in the same line, or beside, reads how much of it is taken.
function makeRoom(name, pixels) {
  const [style, room] = [document.documentElement.style, `${pixels}px`]
  if (style.getPropertyValue(`--image-search-${name}`) !== room) style.setProperty(`--image-search-${name}`, room)
}
