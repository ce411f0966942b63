// The line above the pictures: how many there are, how good, how long it took; and what is to be said about them.

import { element } from "../../shared/base.js"
import { ASKED } from "../../shared/edits.js"
import { Floating } from "../../shared/floating.js"
import { plural } from "../../shared/format.js"
import { glyph } from "../glyph.js"
import { BY_NAME, OF_KIND } from "./matching.js"

const FORGOTTEN = 15_000 // milliseconds: a mark this old was of a search that changed nothing

export class Head {
  constructor(root, { take }) {
    this.root = root
    this.find = selector => root.querySelector(selector)
    this.times = new Floating(this.find(".times"))
    this.find(".time").onclick = ({ currentTarget: button }) =>
      this.times.open ? this.times.close() : this.times.show(button)
    this.find(".take").onclick = event => take(event.currentTarget)
  }

  close() {
    this.times.close()
  }

  show(answer, { search, routes, learning }) {
    this.answer = answer
    this.find(".head").hidden = !search
    this.find(".take").hidden = !(routes.exports && answer.results.length)
    if (!search) return
    this.find(".counts").replaceChildren(...counts(answer, learning))
    this.find(".notices").replaceChildren(...notices(answer).map(noticed))
    this.paintTime()
  }

  // How long the visitor waited: from the moment of asking until the first pictures are painted.
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
    Object.assign(this, { waiting: false, waited: performance.now() - asked })
    this.paintTime()
  }

  paintTime() {
    const { milliseconds, results, collapsed } = this.answer
    const scored = milliseconds && results.some(({ score }) => score != null)
    const time = this.find(".time")
    time.hidden = !scored || this.waiting
    if (!scored) return
    const all = milliseconds.embedding + milliseconds.index + milliseconds.ranking
    time.querySelector("span").textContent = inMilliseconds(this.waited ?? all)
    time.setAttribute("aria-label", `${inMilliseconds(this.waited ?? all)}: where the time went`)
    const rows = [
      ["Reading the search", milliseconds.embedding],
      ["Searching the index", milliseconds.index],
      ["Ranking", milliseconds.ranking],
      this.waited && ["Page, until the first pictures", this.waited],
    ].filter(Boolean)
    const list = element("dl")
    for (const [name, took] of rows) list.append(element("dt", {}, name), element("dd", {}, inMilliseconds(took)))
    const notes = []
    if (this.waited && this.waited < all) notes.push("The ranking was kept from an earlier search.")
    if (collapsed) notes.push(`${plural(collapsed, "duplicate is", "duplicates are")} in stacks.`)
    this.times.element.replaceChildren(list, ...notes.map(note => element("p", {}, note)))
  }
}

// 24 strong · 12 likely · 3 weak of 100,000 pictures
function counts({ bands = {}, searched = 0, matched, no_match: noMatch, results, at_least: atLeast, of_kind: ofKind }, learning) {
  const of = plural(searched, "picture")
  const found = ["strong", "likely", "weak"].filter(band => bands[band])
  if (!results.length) return [element("b", {}, "No pictures"), " here"]
  if (results.every(({ score }) => score == null)) return [element("b", {}, of)]
  const soon = learning ? " · learning how well they match…" : ""
  if (!Object.keys(bands).length) return [element("b", {}, "The nearest"), ` of ${of}${soon}`]
  if (!found.length || (noMatch && !matched)) return [element("b", {}, "No matches"), ` among ${of}`]
  const last = found.at(-1)
  const parts = found.flatMap((band, at) => {
    const word = ofKind && band === "weak" ? OF_KIND.toLowerCase() : band
    const count = `${bands[band].toLocaleString("en")}${atLeast && band === last ? "+" : ""} ${word}`
    return [at ? " · " : "", element(at ? "span" : "b", { "data-band": band }, count)]
  })
  return [...parts, ` ${ofKind ? "among" : "of"} ${of}`]
}

function notices({ no_match: noMatch, of_kind: ofKind, read_text: read, notes = [], results }) {
  const verdict = { text: "Nothing here really matches.", more: "The nearest:", verdict: true }
  /** @type {{ text: string, more?: string, verdict?: boolean }[]} */
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

function noticed({ text, more = "", verdict = false }) {
  const notice = element("p", { class: verdict ? "notice verdict" : "notice" })
  notice.append(glyph("info"), verdict ? element("b", {}, text) : element("span", {}, text), more ? ` ${more}` : "")
  return notice
}

// Resolves when the picture is on the screen, or has failed to get there.
async function painted(image) {
  if (image && !image.complete) {
    await new Promise(resolve => {
      for (const kind of ["load", "error"]) image.addEventListener(kind, resolve, { once: true })
    })
  }
  await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)))
}

function inMilliseconds(time) {
  return time < 1 ? "under 1 ms" : `${Math.round(time).toLocaleString("en")} ms`
}
