// Labels that neighbours and the model contradict, one at a time: right, wrong, another one, or later.

import { element, happenedOn } from "../../shared/base.js"
import { plural } from "../../shared/format.js"
import { ask, Latest } from "../../shared/requests.js"
import { below, withParameter } from "../../shared/routes.js"
import { badge, percent, stage, thumbnail } from "../pictures.js"
import { button } from "../working.js"

/** @import { Context, Decision, Health, Part, SuspiciousPage, SuspiciousRow } from "../types.d.ts" */
/** @import { Working } from "../working.js" */
/** @typedef {"given" | "missing"} Kind */

const PAGE = 100
const KINDS = /** @type {const} */ ({ given: "Labels that may be wrong", missing: "Labels that may be missing" })
const TYPED = "input, select, textarea"

/** @implements {Part} */
export class Suspicious {
  /** @type {SuspiciousRow[]} */
  rows = []
  total = 0
  reviewed = 0
  at = 0
  /** @type {Kind} */
  kind = "given"
  /** @type {SuspiciousRow[]} */
  undone = [] // in the order in which they were decided
  latest = new Latest()

  /**
   * @param {HTMLElement} host
   * @param {Context} context
   * @param {Working} working
   */
  constructor(host, context, working) {
    this.host = host
    this.context = context
    this.working = working
    this.review = element("section", { class: "review", tabindex: "-1", "aria-label": "Review" })
    this.review.onkeydown = event => this.onKey(event)
  }

  async show() {
    const health = /** @type {Health} */ (await ask(below(this.context.routes.labels, "check"), undefined, this.latest.begin()))
    this.working.show(health.work, {
      words: summary(health),
      buttons: this.context.edits && health.labelled ? [button(health.made ? "Check again" : "Check the labels", () => this.check(), health.made ? "button" : "button primary")] : [],
      again: () => this.show().catch(this.context.fail),
    })
    if (!health.labelled && health.work.state !== "running") return this.host.replaceChildren(nothing(health))
    if (!health.made) return this.host.replaceChildren()
    if (!this.rows.length) await this.load()
  }

  close() {
    this.latest.stop()
  }

  async check() {
    try {
      await ask(below(this.context.routes.labels, "check"), {})
      this.rows = []
      await this.show()
    } catch (error) {
      this.context.fail(error)
    }
  }

  async load() {
    const url = withParameter(withParameter(below(this.context.routes.labels, "suspicious"), "kind", this.kind), "limit", String(PAGE))
    const page = /** @type {SuspiciousPage} */ (await ask(url, undefined, this.latest.begin()))
    this.rows = page.rows
    this.total = page.total
    this.reviewed = page.reviewed
    this.at = Math.max(0, page.rows.findIndex(row => !row.decision))
    this.host.replaceChildren(this.head(), this.review)
    this.paint()
  }

  head() {
    const made = element("div", { class: "row head" })
    const chosen = element("div", { class: "pills", role: "group", "aria-label": "What to review" })
    for (const kind of /** @type {Kind[]} */ (Object.keys(KINDS))) {
      const pill = button(KINDS[kind], () => this.turnTo(kind), "pill")
      pill.setAttribute("aria-pressed", String(kind === this.kind))
      chosen.append(pill)
    }
    const taken = element("div", { class: "row" })
    if (this.context.edits) {
      taken.append(
        link("Decisions (CSV)", below(this.context.routes.labels, "decisions.csv")),
        link("Corrected labels (COCO)", below(this.context.routes.labels, "corrected.json")),
      )
    }
    made.append(chosen, taken)
    return made
  }

  /** @param {Kind} kind */
  turnTo(kind) {
    this.kind = kind
    this.load().catch(this.context.fail)
  }

  get row() {
    return this.rows[this.at]
  }

  paint() {
    const { row } = this
    if (!row) {
      const words = this.kind === "given" ? "No label stands out as wrong." : "No label stands out as missing."
      return this.review.replaceChildren(element("p", { class: "empty" }, words))
    }
    const layout = element("div", { class: "sides" })
    layout.append(this.picture(row), this.panel(row))
    this.review.replaceChildren(layout, this.queue())
  }

  /** @param {SuspiciousRow} row */
  picture(row) {
    const made = element("figure", { class: "subject" })
    made.append(stage(row.picture, row.boxes, this.context.routes.images), element("figcaption", { title: row.picture.path }, row.picture.name))
    return made
  }

  /** @param {SuspiciousRow} row */
  panel(row) {
    const made = element("div", { class: "panel" })
    made.append(element("p", { class: "place" }, `${(this.at + 1).toLocaleString("en")} of ${this.total.toLocaleString("en")} · ${plural(this.reviewed, "decision")}`))
    const title = element("h2", {}, this.kind === "given" ? "Labelled " : "Not labelled ")
    title.append(element("b", {}, row.label))
    made.append(title, element("p", { class: "muted" }, this.reason(row)))
    if (row.decision) made.append(element("p", { class: "decided" }, decided(row.decision, row.label, this.kind)))
    if (this.context.edits) made.append(this.buttons(row))
    if (row.neighbours.length) made.append(this.neighbours(row))
    return made
  }

  /** @param {SuspiciousRow} row */
  reason({ quality, label }) {
    return this.kind === "given"
      ? `By its neighbours, the model's idea of the word and what other labels go with it, it is ${label} with ${percent(quality)}.`
      : `It looks like ${label} with ${percent(1 - quality)}, and has no such label.`
  }

  /** @param {SuspiciousRow} row */
  buttons(row) {
    const made = element("div", { class: "choices", role: "group", "aria-label": "Decide" })
    const given = this.kind === "given"
    made.append(
      this.choice("R", given ? "Label is right" : "Rightly not labelled", { verdict: "right", replacement: "" }),
      this.choice("W", given ? "Label is wrong" : "Label is missing", { verdict: "wrong", replacement: "" }),
      ...(given ? row.looks_like.slice(0, 5).map(({ label, probability }, at) =>
        this.choice(String(at + 1), `Should be ${label} · ${percent(probability)}`, { verdict: "replaced", replacement: label })) : []),
    )
    if (given) made.append(this.typed())
    const later = button("", () => this.step(1), "choice quiet")
    later.append(key("S"), " Skip")
    const undo = button("", () => this.undo(), "choice quiet")
    undo.append(key("Z"), " Undo")
    made.append(later, undo)
    return made
  }

  /**
   * @param {string} letter
   * @param {string} words
   * @param {Decision} decision
   */
  choice(letter, words, decision) {
    const made = button("", () => this.decide(decision), "choice")
    made.setAttribute("aria-keyshortcuts", letter)
    const same = this.row?.decision?.verdict === decision.verdict && this.row.decision.replacement === decision.replacement
    made.setAttribute("aria-pressed", String(same))
    made.append(key(letter), ` ${words}`)
    return made
  }

  typed() {
    const made = element("form", { class: "row" })
    const input = element("input", { type: "text", placeholder: "Should be…", "aria-label": "Should be another label", maxlength: "100" })
    made.append(input, element("button", { type: "submit", class: "button small" }, "Set"))
    made.onsubmit = event => {
      event.preventDefault()
      const replacement = input.value.trim()
      if (replacement) this.decide({ verdict: "replaced", replacement })
    }
    return made
  }

  /** @param {SuspiciousRow} row */
  neighbours(row) {
    const made = element("div", { class: "neighbours" })
    made.append(element("h3", {}, "Most alike, as they are labelled"))
    const list = element("ul", {})
    for (const one of row.neighbours) {
      const item = element("li", {})
      const frame = element("div", { class: "frame" })
      frame.append(thumbnail(one, this.context.routes.thumbnails))
      item.append(frame, element("p", { class: "name", title: one.labels.join(", ") }, one.labels.join(", ") || "no label"))
      list.append(item)
    }
    made.append(list)
    return made
  }

  queue() {
    const made = element("ol", { class: "queue", "aria-label": "What is next" })
    const first = Math.max(0, this.at - 2)
    for (const [place, row] of this.rows.slice(first, first + 14).entries()) {
      const item = element("li", {})
      const open = button("", () => this.goTo(first + place), "frame")
      open.setAttribute("aria-label", `${row.picture.name}: ${row.label}`)
      if (first + place === this.at) open.setAttribute("aria-current", "true")
      open.append(thumbnail({ ...row.picture, name: "" }, this.context.routes.thumbnails))
      if (row.decision) open.append(badge(row.decision.verdict === "right" ? "✓" : "✗", row.decision.verdict))
      item.append(open)
      made.append(item)
    }
    return made
  }

  /** @param {number} at */
  goTo(at) {
    this.at = Math.min(Math.max(0, at), this.rows.length - 1)
    this.paint()
    this.review.focus({ preventScroll: true })
  }

  /** @param {number} by */
  step(by) {
    this.goTo(this.at + by)
    if (this.row) this.context.say(`${this.row.picture.name}, labelled ${this.row.label}`)
  }

  /** @param {Decision} decision */
  async decide(decision) {
    const { row } = this
    if (!row || !this.context.edits) return
    if (await this.send(row, decision)) {
      if (!row.decision) this.reviewed += 1
      row.decision = decision
      this.undone.push(row)
      this.context.say(decided(decision, row.label, this.kind))
      this.step(1)
    }
  }

  async undo() {
    const row = this.undone.pop()
    if (!row || !(await this.send(row, null))) return
    row.decision = null
    this.reviewed -= 1
    this.goTo(this.rows.indexOf(row))
    this.context.say("Taken back.")
  }

  /**
   * @param {SuspiciousRow} row
   * @param {Decision | null} decision
   */
  async send(row, decision) {
    const body = { decisions: [{ content_hash: row.picture.content_hash, label: row.label, kind: this.kind, verdict: decision?.verdict ?? null, replacement: decision?.replacement ?? "" }] }
    try {
      await ask(below(this.context.routes.labels, "decisions"), body)
      return true
    } catch (error) {
      this.context.fail(error)
      return false
    }
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (happenedOn(event, TYPED) || event.ctrlKey || event.metaKey || event.altKey) return
    const act = this.acts()[event.key.toLowerCase()]
    if (!act) return
    event.preventDefault()
    act()
  }

  /** @returns {Record<string, () => void>} */
  acts() {
    const guesses = this.kind === "given" ? (this.row?.looks_like ?? []) : []
    return {
      r: () => this.decide({ verdict: "right", replacement: "" }),
      w: () => this.decide({ verdict: "wrong", replacement: "" }),
      s: () => this.step(1),
      z: () => this.undo(),
      arrowright: () => this.step(1),
      arrowleft: () => this.step(-1),
      ...Object.fromEntries(guesses.slice(0, 5).map(({ label }, at) => [String(at + 1), () => this.decide({ verdict: "replaced", replacement: label })])),
    }
  }
}

/** @param {Health} health */
function summary({ made, labelled, labels, suspicious, missing, behind, pictures }) {
  if (!labelled) return pictures ? "No picture here has labels." : "Nothing is indexed yet."
  const told = `${plural(labelled, "picture")} with ${plural(labels, "label")}`
  if (!made) return `${told}. Nobody has checked them yet.`
  const news = behind ? ` ${plural(behind, "picture")} came in since.` : ""
  return `${told}: ${suspicious.toLocaleString("en")} may be wrong, ${missing.toLocaleString("en")} may be missing.${news}`
}

/** @param {Health} health */
function nothing({ pictures }) {
  const words = pictures
    ? "Labels come with datasets: index a folder or ZIP file in the layout of YOLO, COCO or Pascal VOC. Without them, give pictures labels from words under Classes."
    : "Index pictures first."
  return element("p", { class: "empty" }, words)
}

/**
 * @param {Decision} decision
 * @param {string} label
 * @param {Kind} kind
 */
function decided({ verdict, replacement }, label, kind) {
  if (verdict === "replaced") return `${label} should be ${replacement}.`
  if (kind === "missing") return verdict === "right" ? `It is not ${label}.` : `${label} is missing.`
  return verdict === "right" ? `${label} is right.` : `${label} is wrong.`
}

/** @param {string} letter */
function key(letter) {
  return element("kbd", {}, letter)
}

/**
 * @param {string} words
 * @param {string} url
 */
function link(words, url) {
  return element("a", { href: url, class: "button small", download: "" }, words)
}
