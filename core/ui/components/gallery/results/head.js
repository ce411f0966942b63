// The line above the pictures: how many there are, how good, how long it took; and what is to be said about them.

import { element, finder, part } from "../../shared/base.js"
import { ASKED } from "../../shared/edits.js"
import { Floating } from "../../shared/floating.js"
import { plural } from "../../shared/format.js"
import { glyph } from "../glyph.js"
import { BY_NAME, OF_KIND } from "./matching.js"

/** @import { Milliseconds, PagedAnswer, Routes, Search } from "../types.d.ts" */
/** @typedef {{ text: string, more?: string, verdict?: boolean }} Notice */

const FORGOTTEN = 15_000 // milliseconds: a mark this old was of a search that changed nothing
const MATCHES = /** @type {const} */ (["strong", "likely", "weak"])

export class Head {
  /** @type {PagedAnswer} */
  answer = { results: [] }
  waiting = false // for the first pictures to be painted
  /** @type {number | null} */
  waited = null // milliseconds

  /**
   * @param {HTMLElement} root
   * @param {{ download: (anchor: HTMLElement) => void, map: () => void }} handlers
   */
  constructor(root, { download, map }) {
    this.find = finder(root)
    this.times = new Floating(this.find(".times"))
    this.time = this.find(".time")
    this.time.onclick = () => (this.times.open ? this.times.close() : this.times.show(this.time))
    this.download = this.find(".download")
    this.download.onclick = () => download(this.download)
    this.onMap = part(root, ".on-map", HTMLAnchorElement)
    this.onMap.onclick = event => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
      event.preventDefault()
      map()
    }
  }

  close() {
    this.times.close()
  }

  /**
   * @param {PagedAnswer} answer
   * @param {{ search: Search | null, routes: Routes, learning: boolean }} context
   */
  show(answer, { search, routes, learning }) {
    this.answer = answer
    this.find(".head").hidden = !search
    this.download.hidden = !(routes.exports && answer.results.length)
    this.onMap.hidden = !(routes.map && answer.results.length)
    if (routes.map) this.onMap.href = new URL(location.search, new URL(routes.map, document.baseURI)).href
    if (!search) return
    this.find(".counts").replaceChildren(...counts(answer, learning))
    this.find(".notices").replaceChildren(...notices(answer).map(noticed))
    this.paintTime()
  }

  /**
   * How long the visitor waited: from the moment of asking until the first pictures are painted.
   * @param {HTMLImageElement | undefined} first
   */
  async measure(first) {
    const asked = performance.getEntriesByName(ASKED).at(-1)?.startTime ?? -Infinity
    performance.clearMarks(ASKED)
    this.waited = null
    this.waiting = performance.now() - asked < FORGOTTEN
    this.paintTime()
    if (!this.waiting) return
    const answer = this.answer
    await painted(first)
    if (this.answer !== answer) return // another search has begun
    this.waiting = false
    this.waited = performance.now() - asked
    this.paintTime()
  }

  paintTime() {
    const { milliseconds, results } = this.answer
    const scored = milliseconds && results.some(({ score }) => score != null)
    this.time.hidden = !scored || this.waiting
    if (!scored) return
    const all = milliseconds.embedding + milliseconds.index + milliseconds.ranking
    const shown = inMilliseconds(this.waited ?? all)
    part(this.time, "span").textContent = shown
    this.time.setAttribute("aria-label", `${shown}: where the time went`)
    this.paintSteps(milliseconds, all)
  }

  /**
   * @param {Milliseconds} milliseconds
   * @param {number} all
   */
  paintSteps({ embedding, index, ranking }, all) {
    /** @type {[string, number][]} */
    const rows = [["Reading the search", embedding], ["Searching the index", index], ["Ranking", ranking]]
    if (this.waited) rows.push(["Page, until the first pictures", this.waited])
    const list = element("dl")
    for (const [name, time] of rows) list.append(element("dt", {}, name), element("dd", {}, inMilliseconds(time)))
    const notes = []
    const { collapsed } = this.answer
    if (this.waited && this.waited < all) notes.push("The ranking was kept from an earlier search.")
    if (collapsed) notes.push(`${plural(collapsed, "duplicate is", "duplicates are")} in stacks.`)
    this.times.element.replaceChildren(list, ...notes.map(note => element("p", {}, note)))
  }
}

/**
 * 24 strong · 12 likely · 3 weak of 100,000 pictures
 * @param {PagedAnswer} answer
 * @param {boolean} learning
 * @returns {(string | HTMLElement)[]}
 */
function counts({ bands = {}, searched = 0, matched, no_match: noMatch, results, at_least: atLeast, of_kind: ofKind }, learning) {
  const of = plural(searched, "picture")
  const found = MATCHES.filter(band => bands[band])
  if (!results.length) return [element("b", {}, "No pictures"), " here"]
  if (results.every(({ score }) => score == null)) return [element("b", {}, of)]
  const soon = learning ? " · learning how well they match…" : ""
  if (!Object.keys(bands).length) return [element("b", {}, "The nearest"), ` of ${of}${soon}`]
  if (!found.length || (noMatch && !matched)) return [element("b", {}, "No matches"), ` among ${of}`]
  const last = found.at(-1)
  const said = found.flatMap((band, at) => {
    const word = ofKind && band === "weak" ? OF_KIND.toLowerCase() : band
    const count = `${(bands[band] ?? 0).toLocaleString("en")}${atLeast && band === last ? "+" : ""} ${word}`
    return [at ? " · " : "", element(at ? "span" : "b", { "data-band": band }, count)]
  })
  return [...said, ` ${ofKind ? "among" : "of"} ${of}`]
}

/** @param {PagedAnswer} answer */
function notices({ no_match: noMatch, of_kind: ofKind, read_text: read, notes = [], results }) {
  const verdict = { text: "Nothing here really matches.", more: "The nearest:", verdict: true }
  /** @type {Notice[]} */
  const said = notes.map(text => ({ text }))
  if (read != null) said.unshift({ text: `Your text is longer than the model can read. It searched for: “${read}”` })
  const kind = { text: "Most pictures here are of this kind.", more: "Which of them show exactly this is uncertain." }
  const named = { text: `${BY_NAME}:`, more: "the file name says so. The starter model does not see it in the picture." }
  if (noMatch && results.length) said.push(verdict)
  if (results.some(({ by_name: byName }) => byName)) said.push({ ...named, verdict: true })
  if (ofKind) said.push({ ...kind, verdict: true })
  if (!results.length) said.push({ text: "No pictures match these filters.", more: "Remove one to see more." })
  return said
}

/** @param {Notice} notice */
function noticed({ text, more = "", verdict = false }) {
  const notice = element("p", { class: verdict ? "notice verdict" : "notice" })
  notice.append(glyph("info"), verdict ? element("b", {}, text) : element("span", {}, text), more ? ` ${more}` : "")
  return notice
}

/**
 * Resolves when the image is on the screen, or has failed to get there.
 * @param {HTMLImageElement | undefined} image
 */
async function painted(image) {
  if (image && !image.complete) {
    await new Promise(resolve => {
      for (const kind of ["load", "error"]) image.addEventListener(kind, resolve, { once: true })
    })
  }
  await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)))
}

/** @param {number} time */
function inMilliseconds(time) {
  return time < 1 ? "under 1 ms" : `${Math.round(time).toLocaleString("en")} ms`
}
