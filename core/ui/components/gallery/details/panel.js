// What is known of a picture, beside it.

import { element } from "../../shared/base.js"
import { plural, quoted } from "../../shared/format.js"
import { ask } from "../../shared/requests.js"
import { matchWords, twoDecimals } from "../results/matching.js"
import { thumbnail } from "../results/tile.js"
import { members } from "../stack.js"
import { TagField, withCopies } from "../tags.js"
import { Asked } from "./asked.js"
import { breakable, copy, facts, inShort, termAndValue } from "./facts.js"

const CONCEPTS = 6
const NEIGHBOURS = 8

export class DetailsPanel {
  search
  routes
  narrow
  known
  tagged
  go

  constructor(panel, { go, narrow, tagged }) {
    this.find = selector => panel.querySelector(selector)
    Object.assign(this, { go, narrow, tagged })
    this.find(".copy").onclick = () => this.copyPath()
    this.field = new TagField(this.find(".tags .tag-field"), {
      add: tag => this.tag([tag], []),
      remove: tag => this.tag([], [tag]),
      narrow: tag => narrow(condition("tag", tag)),
    })
    this.why = new Asked(this.find(".why"), {
      paint: ({ concepts }) => concepts.slice(0, CONCEPTS).map((one, _, all) => concept(one, all)),
      room: () => Array.from({ length: CONCEPTS }, () => element("li", { class: "concept waiting" })),
    })
    this.neighbours = new Asked(this.find(".neighbours"), {
      paint: ({ results }) => this.others(results).map(item => this.small(item)),
      room: () => Array.from({ length: NEIGHBOURS }, () => element("li", { class: "waiting" })),
    })
  }

  show(item, { search, routes, known }) {
    const turned = this.item?.id !== item.id
    const signature = JSON.stringify([item, search, known])
    Object.assign(this, { item, search, routes, known })
    if (this.signature === signature && !turned) return // what has the focus keeps it
    this.signature = signature
    this.find(".title").textContent = item.name
    this.find(".summary").textContent = inShort(item)
    this.find(".path").replaceChildren(...breakable(item.path))
    this.find(".facts").replaceChildren(...facts(item).flatMap(termAndValue))
    this.paintSimilarity()
    this.paintLabels()
    this.paintTags()
    this.paintStack()
    if (turned) this.turn()
  }

  turn() {
    const { item, search, routes } = this
    const image = item.content_hash
    this.find(".about").scrollTop = 0
    this.sayCopied("Copy path", "")
    this.sayTrouble("")
    this.why.show(search && item.score != null && routes.explain, { ...search, image })
    this.neighbours.show(routes.search, { images: [{ image }], limit: NEIGHBOURS + 1 })
  }

  close() {
    this.why.stop()
    this.neighbours.stop()
    this.item = null
  }

  paintSimilarity() {
    const { score, band, strength } = this.item
    const box = this.find(".similarity")
    box.hidden = score == null
    if (score == null) return
    const words = element("span", { title: "Cosine: 1 is the same picture" }, `Similarity ${twoDecimals(score)}`)
    const judged = band ? [element("b", { class: "word" }, matchWords(this.item)), " "] : []
    box.dataset.band = band ?? ""
    this.find(".similarity-words").replaceChildren(...judged, words)
    this.find(".similarity .bar").hidden = strength == null
    this.find(".similarity .bar").style.setProperty("--strength", strength ?? 0)
  }

  paintLabels() {
    const { labels = [] } = this.item
    this.find(".labels").hidden = !labels.length
    this.find(".labels .chips").replaceChildren(...labels.map(label => this.label(label)))
  }

  label(label) {
    const title = `Only pictures labelled ${label}`
    const name = this.search ? element("button", { type: "button", title }, label) : element("span", {}, label)
    if (this.search) name.onclick = () => this.narrow(condition("label", label))
    const chip = element("li", { class: "chip" })
    chip.append(name)
    return chip
  }

  paintTags() {
    const { tags } = this.item
    this.find(".tags").hidden = !(this.routes.tags && tags)
    if (tags) this.field.show(new Map(tags.map(tag => [tag, ""])), this.known)
  }

  async tag(add, remove) {
    const { item } = this
    this.sayTrouble("")
    try {
      const ids = withCopies([item])
      const { changed } = await ask(this.routes.tags, { ids, add, remove })
      this.tagged(ids, add, remove, ids.length > 1 ? `Changed the tags of ${plural(changed, "picture")}.` : undefined)
    } catch (error) {
      if (this.item?.id === item.id) this.sayTrouble(error.message)
    }
  }

  sayTrouble(text) {
    this.find(".tags .trouble").textContent = text
    this.find(".tags .trouble").hidden = !text
  }

  paintStack() {
    const others = members(this.item).slice(1)
    this.find(".alike").hidden = !others.length
    this.find(".alike h3").textContent = plural(others.length, "duplicate")
    this.find(".alike .strip").replaceChildren(...others.map(other => this.small(other)))
  }

  // The picture itself is the nearest to itself.
  others(results) {
    return results.filter(({ content_hash }) => content_hash !== this.item.content_hash).slice(0, NEIGHBOURS)
  }

  small(item) {
    const place = element("li")
    const button = element("button", { type: "button", title: item.name, "aria-label": item.name })
    button.append(thumbnail(item, this.routes))
    button.onclick = () => this.go(item)
    place.append(button)
    return place
  }

  async copyPath() {
    const copied = await copy(this.item.path, this.find(".path"))
    const words = copied ? "Copied" : "Selected: press Ctrl+C"
    this.sayCopied(words, words)
  }

  sayCopied(shown, spoken) {
    this.find(".copy span").textContent = shown
    this.find(".copied").textContent = spoken
  }
}

// Bars are as long as their weight is of the greatest: what speaks against the picture is told by its minus.
function concept({ concept: name, weight }, all) {
  const greatest = Math.max(...all.map(one => Math.abs(one.weight)))
  const row = element("li", { class: weight < 0 ? "concept against" : "concept" })
  const bar = element("i", { "aria-hidden": true })
  bar.style.setProperty("--share", greatest ? Math.abs(weight) / greatest : 0)
  row.append(element("span", {}, name), bar, element("small", {}, twoDecimals(weight)))
  return row
}

// A condition as it is typed: what could be taken apart stands in quotes, a quote within is written twice.
function condition(field, value) {
  return `${field}:${quoted(value)}`
}
