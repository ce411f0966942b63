// What is known of a picture, beside it.

import { element, finder } from "../../shared/base.js"
import { isSetAside } from "../../shared/duplicate_words.js"
import { plural, quoted } from "../../shared/format.js"
import { ask, sentence } from "../../shared/requests.js"
import { matchWords, twoDecimals } from "../results/matching.js"
import { thumbnail } from "../results/tile.js"
import { members } from "../stack.js"
import { withCopies } from "../tag_dialog.js"
import { TagField } from "../tag_field.js"
import { breakable, copy, facts, inShort, termAndValue } from "./facts.js"
import { LazySection } from "./lazy_section.js"

/** @import { Answer, ChangedTags, Concept, Concepts, Known, Routes, Search, Tagged } from "../types.d.ts" */
/** @typedef {{ item: Known, search: Search | null, routes: Routes, known: string[] }} Shown The tags in use are known. */

const CONCEPTS = 6
const NEIGHBOURS = 8

export class DetailsPanel {
  /** @type {Shown | null} */
  shown = null
  signature = "" // of what was painted

  /**
   * @param {HTMLElement} panel
   * @param {{
   *   go: (item: Known) => void, narrow: (condition: string) => void, tagged: Tagged, compare: (items: Known[]) => void,
   * }} handlers
   */
  constructor(panel, { go, narrow, tagged, compare }) {
    this.find = finder(panel)
    this.go = go
    this.narrow = narrow
    this.tagged = tagged
    this.find(".compare-these").onclick = () => this.shown && compare(members(this.shown.item))
    this.find(".copy").onclick = () => this.shown && this.copyPath(this.shown.item)
    this.field = new TagField(this.find(".tags .tag-field"), {
      add: tag => this.shown && this.tag(this.shown, [tag], []),
      remove: tag => this.shown && this.tag(this.shown, [], [tag]),
      narrow: tag => narrow(condition("tag", tag)),
    })
    this.explanation = this.explanationSection()
    this.neighbours = this.neighboursSection()
  }

  /** @returns {LazySection<Concepts>} */
  explanationSection() {
    return new LazySection(this.find(".why"), {
      paint: ({ concepts }) => concepts.slice(0, CONCEPTS).map((one, _, all) => concept(one, all)),
      room: () => Array.from({ length: CONCEPTS }, () => element("li", { class: "concept waiting" })),
    })
  }

  /** @returns {LazySection<Answer>} */
  neighboursSection() {
    return new LazySection(this.find(".neighbours"), {
      paint: ({ results }) => this.others(results).map(item => this.small(item)),
      room: () => Array.from({ length: NEIGHBOURS }, () => element("li", { class: "waiting" })),
    })
  }

  /** @param {Shown} shown */
  show(shown) {
    const { item, search, known } = shown
    const turned = this.shown?.item.id !== item.id
    const signature = JSON.stringify([item, search, known])
    this.shown = shown
    if (this.signature === signature && !turned) return // what has the focus keeps it
    this.signature = signature
    this.find(".title").textContent = item.name
    this.find(".summary").textContent = inShort(item)
    this.find(".set-aside").hidden = !isSetAside(item)
    this.find(".path").replaceChildren(...breakable(item.path))
    this.find(".facts").replaceChildren(...facts(item).flatMap(termAndValue))
    this.paintSimilarity(item)
    this.paintLabels(shown)
    this.paintTags(shown)
    this.paintStack(item)
    if (turned) this.turn(shown)
  }

  /** @param {Shown} shown */
  turn({ item, search, routes }) {
    const image = item.content_hash
    this.find(".about").scrollTop = 0
    this.sayCopied("Copy path", "")
    this.sayTrouble("")
    this.explanation.show(search && item.score != null ? routes.explain : undefined, { ...search, image })
    this.neighbours.show(routes.search, { images: [{ image }], limit: NEIGHBOURS + 1 })
  }

  close() {
    this.explanation.stop()
    this.neighbours.stop()
    this.shown = null
  }

  /** @param {Known} item */
  paintSimilarity(item) {
    const { score, band, strength } = item
    const box = this.find(".similarity")
    box.hidden = score == null
    if (score == null) return
    const words = element("span", { title: "Cosine: 1 is the same picture" }, `Similarity ${twoDecimals(score)}`)
    const judged = band ? [element("b", { class: "word" }, matchWords(item)), " "] : []
    box.dataset.band = band ?? ""
    this.find(".similarity-words").replaceChildren(...judged, words)
    this.find(".similarity .bar").hidden = strength == null
    this.find(".similarity .bar").style.setProperty("--strength", String(strength ?? 0))
  }

  /** @param {Shown} shown */
  paintLabels({ item: { labels = [] }, search }) {
    this.find(".labels").hidden = !labels.length
    this.find(".labels .chips").replaceChildren(...labels.map(label => this.label(label, Boolean(search))))
  }

  /**
   * @param {string} label
   * @param {boolean} narrows Whether it leads to all pictures that have it.
   */
  label(label, narrows) {
    const title = `Only pictures labelled ${label}`
    const name = narrows ? element("button", { type: "button", title }, label) : element("span", {}, label)
    if (narrows) name.onclick = () => this.narrow(condition("label", label))
    const chip = element("li", { class: "chip" })
    chip.append(name)
    return chip
  }

  /** @param {Shown} shown */
  paintTags({ item: { tags }, routes, known }) {
    this.find(".tags").hidden = !(routes.tags && tags)
    if (tags) this.field.show(new Map(tags.map(tag => [tag, ""])), known)
  }

  /**
   * @param {Shown} shown
   * @param {string[]} add
   * @param {string[]} remove
   */
  async tag({ item, routes }, add, remove) {
    this.sayTrouble("")
    try {
      const ids = withCopies([item])
      /** @type {ChangedTags} */
      const { changed } = await ask(routes.tags ?? "", { ids, add, remove })
      this.tagged(ids, add, remove, ids.length > 1 ? `Changed the tags of ${plural(changed, "picture")}.` : undefined)
    } catch (error) {
      if (this.shown?.item.id === item.id) this.sayTrouble(sentence(error))
    }
  }

  /** @param {string} text */
  sayTrouble(text) {
    this.find(".tags .trouble").textContent = text
    this.find(".tags .trouble").hidden = !text
  }

  /** @param {Known} item */
  paintStack(item) {
    const others = members(item).slice(1)
    this.find(".alike").hidden = !others.length
    this.find(".alike h3").textContent = plural(others.length, "duplicate")
    this.find(".alike .strip").replaceChildren(...others.map(other => this.small(other)))
  }

  /**
   * The picture itself is the nearest to itself.
   * @param {Known[]} results
   */
  others(results) {
    const own = this.shown?.item.content_hash
    return results.filter(({ content_hash }) => content_hash !== own).slice(0, NEIGHBOURS)
  }

  /** @param {Known} item */
  small(item) {
    const place = element("li")
    const button = element("button", { type: "button", title: item.name, "aria-label": item.name })
    if (this.shown) button.append(thumbnail(item, this.shown.routes))
    button.onclick = () => this.go(item)
    place.append(button)
    return place
  }

  /** @param {Known} item */
  async copyPath({ path }) {
    const copied = await copy(path, this.find(".path"))
    const words = copied ? "Copied" : "Selected: press Ctrl+C"
    this.sayCopied(words, words)
  }

  /**
   * @param {string} shown
   * @param {string} spoken
   */
  sayCopied(shown, spoken) {
    this.find(".copy span").textContent = shown
    this.find(".copied").textContent = spoken
  }
}

/**
 * Bars are as long as their weight is of the greatest: what speaks against the picture is told by its minus.
 * @param {Concept} one
 * @param {Concept[]} all
 */
function concept({ concept: name, weight }, all) {
  const greatest = Math.max(...all.map(one => Math.abs(one.weight)))
  const row = element("li", { class: weight < 0 ? "concept against" : "concept" })
  const bar = element("i", { "aria-hidden": true })
  bar.style.setProperty("--share", String(greatest ? Math.abs(weight) / greatest : 0))
  row.append(element("span", {}, name), bar, element("small", {}, twoDecimals(weight)))
  return row
}

/**
 * A condition as it is typed: what could be split stands in quotes, a quote within is written twice.
 * @param {string} field
 * @param {string} value
 */
function condition(field, value) {
  return `${field}:${quoted(value)}`
}
