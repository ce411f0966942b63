// Files from elsewhere, each with what it is in the collection. It goes on in the browser: the page is never run.

import { Compare } from "../compare/compare.js"
import { closest, element, finder, mounting, parts } from "../shared/base.js"
import { limitSize } from "../shared/format.js"
import { whenChosen } from "../shared/picker.js"
import { WindowDrop } from "../shared/window_drop.js"
import { dropped, listed } from "../uploads/chosen.js"
import { Checking } from "./checking.js"
import { Lines } from "./lines.js"
import { counts, csv, inShort, VERDICT_NAMES, VERDICTS } from "./words.js"

/** @import { Known } from "../gallery/types.d.ts" */
/** @import { Chosen } from "../uploads/types.d.ts" */
/** @import { CheckData, Line, Verdict } from "./types.d.ts" */

// The elements go when another page of the app is shown; the module stays, and what was found with it.
/** @type {{ checking: Checking | null }} */
const kept = { checking: null }

export default mounting(".check", (root, data) => new CheckArea(root, data))

class CheckArea {
  trigger = () => {} // nothing is told to the page
  /** @type {Verdict | ""} */
  only = ""
  state = ""

  /**
   * @param {HTMLElement} root
   * @param {CheckData} data
   */
  constructor(root, data) {
    this.root = root
    this.data = data
    this.find = finder(root)
    this.compare = new Compare(this.find(".compare", HTMLDialogElement))
    this.lines = new Lines(root, line => this.look(line))
    this.drop = new WindowDrop({
      takes: ({ types }) => types.includes("Files"),
      hover: on => root.classList.toggle("dragging", on && !kept.checking?.running),
      drop: transfer => this.start(dropped(transfer)),
    })
    this.listen()
  }

  listen() {
    for (const picker of parts(this.root, "input[type=file]", HTMLInputElement)) {
      whenChosen(picker, files => this.start(listed(files)))
    }
    this.find(".place").onsubmit = event => this.onPlace(event)
    this.find(".cancel").onclick = () => kept.checking?.stop()
    this.find(".clear").onclick = () => this.clear()
    this.find(".take-csv").onclick = () => this.download()
    this.find(".verdicts").onclick = event => this.onFilter(closest(event, "button"))
    this.root.onkeydown = event => event.stopPropagation() // Streamlit has shortcuts of its own on single letters
  }

  close() {
    if (kept.checking) kept.checking.changed = () => {}
    for (const open of [this.drop, this.lines, this.compare]) open.close()
  }

  /** @param {CheckData} data */
  show(data) {
    this.data = data
    const { image, archive, files } = data.limits
    this.find(".files", HTMLInputElement).accept = [...data.suffixes, ".zip"].join(",")
    this.find(".place").hidden = !data.roots.length
    this.find(".allowed").textContent =
      `Pictures up to ${limitSize(image)}, ZIP files up to ${limitSize(archive)}, ${files.toLocaleString("en")} files at a time.`
    if (kept.checking) this.attach(kept.checking)
  }

  begun() {
    if (kept.checking?.running) return null
    kept.checking?.forget()
    this.only = ""
    const checking = new Checking(this.data, () => {})
    kept.checking = checking
    this.attach(checking)
    return checking
  }

  /** @param {AsyncIterable<Chosen>} files */
  start(files) {
    this.begun()?.start(files)
  }

  /** @param {SubmitEvent} event */
  onPlace(event) {
    event.preventDefault()
    const location = this.find("[name=location]", HTMLInputElement).value.trim()
    if (location) this.begun()?.startAt([location])
  }

  /** @param {Checking} checking */
  attach(checking) {
    checking.changed = () => this.paint(checking)
    this.paint(checking)
  }

  clear() {
    kept.checking?.forget()
    kept.checking = null
    this.only = ""
    this.find(".outcome").hidden = true
    this.lines.show([], this.data.routes)
    this.find(":scope > .trouble").hidden = true
    this.find(".files").focus()
  }

  /** @param {Checking} checking */
  paint(checking) {
    const { lines, running, trouble, leftOut, state } = checking
    this.find(".idle").hidden = running
    this.find(".busy").hidden = !running
    if (running) this.progress(checking)
    const box = this.find(":scope > .trouble")
    box.hidden = !trouble
    box.textContent = trouble
    this.find(".outcome").hidden = !lines.length
    const skipped = leftOut ? ` · ${leftOut.toLocaleString("en")} skipped: not ${leftOut === 1 ? "a picture" : "pictures"}` : ""
    this.find(".summary").textContent = `${inShort(lines)}${skipped}${state === "stopped" ? " · stopped before the end" : ""}`
    this.paintVerdicts(lines)
    this.lines.show(this.only ? lines.filter(({ answer }) => answer === this.only) : lines, this.data.routes)
    if (state !== this.state && !running && lines.length) this.find(".announcement").textContent = inShort(lines)
    this.state = state
  }

  /** @param {Checking} checking */
  progress({ state, done, total, files, next }) {
    const of = total === null ? "" : ` of ${total.toLocaleString("en")}`
    this.find(".count").textContent = state === "looking" ? "Looking for pictures…" : `${done.toLocaleString("en")}${of} checked`
    this.find(".current").textContent = files[next - 1]?.name ?? ""
    const track = this.find(".track")
    track.setAttribute("aria-valuemax", String(total ?? 0))
    track.setAttribute("aria-valuenow", String(done))
    track.style.setProperty("--share", String(total ? done / total : 0))
  }

  /** @param {Line[]} lines */
  paintVerdicts(lines) {
    const counted = counts(lines)
    const box = this.find(".verdicts")
    const focused = box.querySelector(":focus")?.getAttribute("data-verdict")
    const names = /** @type {(Verdict | "")[]} */ (["", ...VERDICT_NAMES.filter(name => counted.has(name))])
    box.replaceChildren(...names.map(name => this.chip(name, name ? (counted.get(name) ?? 0) : lines.length)))
    if (focused != null) parts(box, "button").find(({ dataset }) => dataset.verdict === focused)?.focus()
  }

  /**
   * @param {Verdict | ""} name
   * @param {number} count
   */
  chip(name, count) {
    const chip = element("button", { type: "button", class: "verdict-chip", "data-verdict": name, "aria-pressed": this.only === name })
    chip.append(element("span", {}, name ? VERDICTS[name].name : "All"), element("small", {}, count.toLocaleString("en")))
    return chip
  }

  /** @param {HTMLElement | null} button */
  onFilter(button) {
    if (!button || !kept.checking) return
    this.only = /** @type {Verdict | ""} */ (button.dataset.verdict ?? "")
    this.paint(kept.checking)
  }

  download() {
    const lines = kept.checking?.lines ?? []
    const shown = this.only ? lines.filter(({ answer }) => answer === this.only) : lines
    const url = URL.createObjectURL(new Blob(["\ufeff", csv(shown)], { type: "text/csv" }))
    element("a", { href: url, download: "check.csv" }).click()
    setTimeout(() => URL.revokeObjectURL(url), 10_000)
  }

  /** @param {Line} line */
  look(line) {
    const { match, url, name, path, content_hash: hash, width, height, size } = line
    if (!match) return
    const own = { id: "", collection: "", score: null, content_hash: hash, name, path, width, height, size, url, labels: [], tags: [] }
    const { thumbnails, images, pictures } = this.data.routes
    const known = /** @type {Known} */ ({ collection: "", score: null, ...match })
    this.compare.open({ items: [known, own], routes: { thumbnails, images, pictures } })
  }
}
