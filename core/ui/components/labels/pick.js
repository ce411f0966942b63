// So many pictures of many: previewed, then tagged or taken away.

import { element } from "../shared/base.js"
import { plural } from "../shared/format.js"
import { ask, Latest } from "../shared/requests.js"
import { badge, percent, tile } from "./pictures.js"
import { button } from "./working.js"

/** @import { Context, Part, PickReply } from "./types.d.ts" */

const MAX = 5000
const PREVIEW = 200
/** @type {[value: string, words: string, hint: string][]} */
const HOWS = [
  ["diverse", "Most diverse", "So that every picture is close to one of them: what the collection holds, to its edges."],
  ["typical", "Typical", "The middle of each of as many groups: what most pictures are like."],
  ["balanced", "Balanced", "As many of each label, cluster or class."],
  ["random", "Random", "By chance, and the same again with the same seed."],
]
const KINDS = [["label", "label"], ["cluster", "cluster"], ["class", "class"], ["tag", "tag"], ["split", "split"]]

/** @implements {Part} */
export class Pick {
  /** @type {PickReply | null} */
  picked = null
  latest = new Latest()

  /**
   * @param {HTMLElement} host
   * @param {Context} context
   */
  constructor(host, context) {
    this.host = host
    this.context = context
    const text = new URLSearchParams(location.search).get("q") ?? ""
    this.text = element("input", { type: "text", value: text, id: "pick-text", placeholder: "All pictures", maxlength: "2000" })
    this.count = element("input", { type: "number", value: "24", min: "1", max: String(MAX), id: "pick-count", required: "" })
    this.seed = element("input", { type: "number", value: "0", min: "0", max: String(2 ** 32 - 1), id: "pick-seed", required: "" })
    this.by = element("select", { id: "pick-by" })
    this.by.append(...KINDS.map(([value, words]) => element("option", { value: value ?? "" }, words)))
    this.hint = element("p", { class: "muted" })
    this.result = element("section", { "aria-label": "Picked pictures" })
  }

  show() {
    const form = element("form", { class: "pick-form" })
    const row = element("div", { class: "row fields" })
    row.append(
      field("From the search", this.text, "wide"),
      field("How many", this.count),
      field("Seed", this.seed),
    )
    const last = element("div", { class: "row" })
    last.append(element("button", { type: "submit", class: "button primary" }, "Pick"))
    form.append(row, this.hows(), this.hint, last)
    form.onsubmit = event => {
      event.preventDefault()
      this.pick().catch(this.context.fail)
    }
    this.host.replaceChildren(form, this.result)
    this.explain()
  }

  close() {
    this.latest.stop()
  }

  hows() {
    const made = element("fieldset", { class: "pills" })
    made.append(element("legend", {}, "Which"))
    for (const [at, [value, words]] of HOWS.entries()) {
      const label = element("label", { class: "pill" })
      const input = element("input", { type: "radio", name: "how", value })
      input.checked = at === 0
      input.onchange = () => this.explain()
      label.append(input, element("span", {}, words))
      made.append(label)
    }
    const by = element("label", { class: "by", for: "pick-by" }, "by ")
    by.append(this.by)
    made.append(by)
    return made
  }

  get how() {
    const checked = this.host.querySelector("input[name=how]:checked")
    return checked instanceof HTMLInputElement ? checked.value : "diverse"
  }

  explain() {
    this.hint.textContent = HOWS.find(([value]) => value === this.how)?.[2] ?? ""
    const by = this.host.querySelector(".by")
    if (by instanceof HTMLElement) by.hidden = this.how !== "balanced"
  }

  async pick() {
    const body = { text: this.text.value, count: Number(this.count.value), seed: Number(this.seed.value), how: this.how, by: this.by.value, preview: PREVIEW }
    this.result.replaceChildren(element("p", { class: "muted" }, "Picking…"))
    try {
      this.picked = await ask(this.context.routes.picks, body, this.latest.begin())
    } catch (error) {
      this.result.replaceChildren()
      throw error
    }
    this.paint(/** @type {PickReply} */ (this.picked))
  }

  /** @param {PickReply} picked */
  paint(picked) {
    const told = element("p", { class: "verdict" }, picked.said)
    const reach = element("p", { class: "muted" }, `Every picture is within ${percent(picked.farthest)} of one that was picked, ${percent(picked.mean)} in the mean (cosine distance).`)
    const notes = element("ul", { class: "notes" })
    notes.append(...picked.notes.map(note => element("li", {}, note)))
    const counts = element("p", { class: "row counts" })
    counts.append(...Object.entries(picked.counts).slice(0, 40).map(([kind, count]) => badge(`${kind} ${count}`)))
    const list = element("ul", { class: "tiles" })
    list.append(...picked.pictures.map(one => tile(one, this.context.routes.thumbnails, one.kind ? [element("p", { class: "muted" }, one.kind)] : [])))
    this.result.replaceChildren(told, reach, notes, counts, this.actions(picked), list)
    if (picked.ids.length > picked.pictures.length) this.result.append(element("p", { class: "muted" }, `The first ${picked.pictures.length} of ${picked.ids.length.toLocaleString("en")}.`))
    this.context.say(picked.said)
  }

  /** @param {PickReply} picked */
  actions(picked) {
    const made = element("form", { class: "row" })
    if (!this.context.edits) return made
    const tag = element("input", { type: "text", value: `pick-${this.how}`, "aria-label": "Tag", maxlength: "64" })
    made.append(tag, element("button", { type: "submit", class: "button" }, "Tag them"))
    made.onsubmit = event => {
      event.preventDefault()
      this.tag(picked.ids, tag.value).catch(this.context.fail)
    }
    for (const [format, words] of [["csv", "CSV"], ["zip", "ZIP of the files"]]) {
      made.append(button(words ?? "", () => this.take(picked.ids, format ?? "csv").catch(this.context.fail)))
    }
    return made
  }

  /**
   * @param {string[]} ids
   * @param {string} tag
   */
  async tag(ids, tag) {
    if (!tag.trim()) return
    const { changed } = await ask(this.context.routes.tags, { ids, add: [tag.trim()] })
    const url = new URL(this.context.search, document.baseURI)
    url.searchParams.set("q", `tag:"${tag.trim().replaceAll('"', '""')}"`)
    const told = element("p", { class: "told" }, `${plural(changed, "picture")} tagged. `)
    told.append(element("a", { href: url.href, target: "_self" }, "Show them in the search"))
    this.result.querySelector(".told")?.remove()
    this.result.prepend(told)
    this.context.say(`${plural(changed, "picture")} tagged.`)
  }

  /**
   * @param {string[]} ids
   * @param {string} format
   */
  async take(ids, format) {
    const { url } = await ask(this.context.routes.exports, { format, ids })
    location.assign(url)
  }
}

/**
 * @param {string} words
 * @param {HTMLInputElement} input
 * @param {string} [kind]
 */
function field(words, input, kind = "") {
  const made = element("label", { class: `field ${kind}`.trim(), for: input.id }, words)
  made.append(input)
  return made
}
