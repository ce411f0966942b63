// What a collection holds, on one screen: each number leads to the pictures that it counts.

import { element, finder, mounting } from "../shared/base.js"
import { fileSize, plural } from "../shared/format.js"
import { searchLink } from "../shared/links.js"
import { below, collection, ofCollection } from "../shared/routes.js"
import { strip } from "../shared/strip.js"
import { bars, button, card, chips, offer } from "./cards.js"
import { Places } from "./places.js"
import { timelineOf } from "./timeline.js"

/** @import { Trigger } from "../shared/types.d.ts" */
/** @import { Acts, OverviewData, Presence, Row, Shown } from "./types.d.ts" */

const ROWS = 7

export default mounting(".overview", (root, _data, trigger) => new Overview(root, trigger))

class Overview {
  /** @type {Places | null} */
  places = null
  shown = ""

  /**
   * @param {HTMLElement} root
   * @param {Trigger} trigger
   */
  constructor(root, trigger) {
    this.trigger = trigger
    this.find = finder(root)
    /** @type {Acts} */
    this.acts = {
      open: params => this.trigger("open", params),
      ask: null,
      start: name => this.trigger("start", name),
    }
    root.onkeydown = event => event.stopPropagation() // Streamlit has shortcuts of its own on single letters
  }

  close() {
    this.places?.close()
  }

  /** @param {OverviewData} data */
  show(data) {
    const text = JSON.stringify(data)
    if (text === this.shown) return // nothing is drawn anew where nothing is new
    this.shown = text
    this.close()
    this.acts.ask = data.may_ask ? asked => this.trigger("ask", asked) : null
    this.find(".printed").textContent = `${data.title} · ${new Date().toLocaleDateString("en", { dateStyle: "long" })}`
    this.find(".numbers").replaceChildren(...this.numbers(data))
    this.find(".cards").replaceChildren(...this.cards(data).filter(one => one !== null))
  }

  /**
   * What shows such pictures; undefined where that cannot be done.
   * @param {{ cell?: string, least?: number, most?: number | null }} asked
   */
  asking(asked) {
    const { ask } = this.acts
    return ask ? () => ask(asked) : undefined
  }

  /** @param {OverviewData} data */
  numbers({ told, routes }) {
    const { facets, gathered, quality, duplicates, clusters } = told
    const labelled = facets.label?.distinct ?? 0
    const boxes = gathered ? Object.values(gathered.label_boxes).reduce((sum, count) => sum + count, 0) : 0
    return [
      this.number("Pictures", told.pictures.toLocaleString("en"), fileSize(told.size), { page: "./" }),
      labelled ? this.number("Labels", labelled.toLocaleString("en"), boxes ? plural(boxes, "box", "boxes") : "", boxes ? { act: this.asking({ least: 1, most: null }) } : {}) : null,
      this.number("Folders", (facets.folder?.distinct ?? 0).toLocaleString("en"), "", {}),
      gathered?.places.located ? this.number("With a position", gathered.places.located.toLocaleString("en"), plural(gathered.places.dots.length, "place"), { act: this.asking({ cell: "*" }) }) : null,
      clusters ? this.number("Clusters", clusters.count.toLocaleString("en"), clusters.outside ? `${clusters.outside.toLocaleString("en")} outside` : "", { page: routes.map }) : null,
      duplicates ? this.number("Duplicates", sum(duplicates.levels.map(one => one.pictures)), plural(sumOf(duplicates.levels.map(one => one.groups)), "group"), { page: routes.duplicates }) : null,
      quality ? this.number("With flaws", quality.flagged.toLocaleString("en"), "", { page: routes.quality }) : null,
    ].filter(one => one !== null)
  }

  /**
   * @param {string} name
   * @param {string} value
   * @param {string} below
   * @param {{ page?: string, act?: () => void }} leads
   */
  number(name, value, below, { page, act }) {
    const made = element("li")
    const linked = () => element("a", { class: "number", href: ofCollection(page ?? "./", collection()) })
    const box = page ? linked() : act ? button("number", act) : element("div", { class: "number" })
    box.append(element("span", { class: "name" }, name), element("span", { class: "value" }, value), element("span", { class: "below" }, below))
    made.append(box)
    return made
  }

  /** @param {OverviewData} data */
  cards(data) {
    const { told, routes } = data
    return [
      this.timeline(data),
      this.map(data),
      this.labels(data),
      this.clusters(data),
      this.flaws(data),
      this.duplicates(data),
      this.concepts(data),
      this.pictures("Typical", "most like all others", told.gathered?.typical, routes.thumbnails),
      this.pictures("Rare", "seldom seen here", told.gathered?.rare, routes.thumbnails),
      this.pictures("Outliers", "nothing else is like these", told.gathered?.outliers, routes.thumbnails),
      this.facet(data, "folder", "Folders"),
      this.facet(data, "tag", "Tags"),
      this.facet(data, "split", "Splits"),
      this.facet(data, "camera", "Cameras"),
      this.facet(data, "format", "Formats"),
      this.facet(data, "shape", "Shapes"),
      this.facet(data, "colour", "Colours"),
    ]
  }

  /** @param {OverviewData} data */
  timeline({ told: { timeline } }) {
    if (!timeline.bars.length) return null
    const [first, last] = [timeline.bars[0], timeline.bars.at(-1)]
    const span = first === last ? first?.label : `${first?.label} – ${last?.label}`
    return card("Timeline", "wide", [timelineOf(timeline, this.acts)], span)
  }

  /** @param {OverviewData} data */
  map({ told: { gathered }, routes, tiles }) {
    if (!gathered?.places.dots.length) return null
    this.places = new Places(gathered.places.dots, routes, tiles, this.acts)
    return card("Places", "wide", [this.places.element], plural(gathered.places.located, "picture"))
  }

  /** @param {OverviewData} data */
  labels({ told: { facets, gathered } }) {
    const labels = facets.label
    if (!labels) return null
    const rows = labels.values.slice(0, ROWS).map(({ value, count, filter }) => {
      const boxes = gathered?.label_boxes[value]
      return { name: value, count, search: { q: filter }, said: boxes ? `${count.toLocaleString("en")} · ${plural(boxes, "box", "boxes")}` : undefined }
    })
    /** @type {HTMLElement[]} */
    const parts = [bars(rows, this.acts, more(labels.distinct, rows.length))]
    if (gathered?.boxes.some(one => one.least)) {
      const shares = gathered.boxes.map(({ label, least, most, count }) => ({ name: label, count, act: this.asking({ least, most }) }))
      parts.push(element("h3", {}, "Boxes in a picture"), bars(shares, this.acts))
    }
    return card("Labels", "tall", parts)
  }

  /** @param {OverviewData} data */
  clusters({ told: { clusters }, routes }) {
    if (!clusters) return null
    const list = element("ul", { class: "clusters" })
    list.append(
      ...clusters.largest.map(({ name, size, filter, covers }) => {
        const made = element("li")
        const link = searchLink({ q: filter }, this.acts.open, { class: "cluster" })
        const images = element("span", { class: "covers" })
        images.append(...covers.map(cover => thumbnail(cover.content_hash, routes.thumbnails)))
        link.append(images, element("span", { class: "name" }, name), element("span", { class: "said" }, size.toLocaleString("en")))
        made.append(link)
        return made
      }),
    )
    return card("Clusters", "wide", [list], clusters.count > clusters.largest.length ? `the largest of ${clusters.count.toLocaleString("en")}` : "")
  }

  /** @param {OverviewData} data */
  flaws({ told: { quality, pictures }, may_start }) {
    if (!quality) return this.missing("Quality", "Nobody has checked for blurred, dark or nearly blank pictures yet.", "Check quality", "quality", pictures && may_start)
    const rows = quality.flags.filter(flag => flag.count).map(({ title, count, filter }) => ({ name: title, count, search: { q: filter } }))
    return card("Quality", "", [rows.length ? bars(rows, this.acts) : element("p", { class: "about" }, "No flaws were found.")])
  }

  /** @param {OverviewData} data */
  duplicates({ told: { duplicates, pictures }, may_start }) {
    if (!duplicates) return this.missing("Duplicates", "Nobody has checked for copies and look-alikes yet.", "Find duplicates", "duplicates", pictures && may_start)
    const rows = duplicates.levels.filter(level => level.groups).map(({ title, groups, pictures, gain, filter }) => ({
      name: title,
      count: pictures,
      said: `${pictures.toLocaleString("en")} in ${plural(groups, "group")} · ${fileSize(gain)}`,
      search: { q: filter },
    }))
    return card("Duplicates", "", [rows.length ? bars(rows, this.acts) : element("p", { class: "about" }, "None were found.")])
  }

  /**
   * @param {string} title
   * @param {string} words
   * @param {string} label
   * @param {string} name
   * @param {number | boolean} may
   */
  missing(title, words, label, name, may) {
    return card(title, "unmade", [offer(words, label, may ? () => this.acts.start(name) : null)])
  }

  /** @param {OverviewData} data */
  concepts({ told: { gathered } }) {
    if (!gathered?.concepts.length && !gathered?.absent.length) return null
    return card("What it shows", "wide", [
      element("h3", {}, "Most"),
      chips(gathered.concepts.map(concept), this.acts),
      element("h3", {}, "Hardly any, though what is like it is there"),
      chips(gathered.absent.map(concept), this.acts),
    ])
  }

  /**
   * @param {string} title
   * @param {string} about
   * @param {Shown[] | undefined} shown
   * @param {string} thumbnails
   */
  pictures(title, about, shown, thumbnails) {
    if (!shown?.length) return null
    const pictures = shown.map(one => ({ ...one, search: one.search ? { q: one.search } : undefined }))
    return card(title, "full", [strip(pictures, { thumbnails, open: this.acts.open, label: title })], about)
  }

  /**
   * @param {OverviewData} data
   * @param {string} name
   * @param {string} title
   */
  facet({ told: { facets } }, name, title) {
    const facet = facets[name]
    if (!facet?.values.length) return null
    const rows = facet.values.slice(0, ROWS).map(({ value, count, filter }) => ({ name: shorter(name, value), count, search: { q: filter } }))
    return card(title, "", [bars(rows, this.acts, more(facet.distinct, rows.length))])
  }
}

/**
 * @param {number} all
 * @param {number} shown
 */
function more(all, shown) {
  return all > shown ? `and ${plural(all - shown, "other")}` : ""
}

/**
 * Of a path its end, which is what tells it from others.
 * @param {string} facet
 * @param {string} value
 */
function shorter(facet, value) {
  if (facet !== "folder") return value
  const names = value.split("/").filter(Boolean)
  return names.length > 2 ? `…/${names.slice(-2).join("/")}` : value
}

/**
 * @param {Presence} presence
 * @returns {Row}
 */
function concept({ concept, matched, at_least }) {
  return { name: concept, count: matched, said: matched ? `${matched.toLocaleString("en")}${at_least ? "+" : ""}` : "", search: { q: concept } }
}

/**
 * @param {string} hash
 * @param {string} thumbnails
 */
function thumbnail(hash, thumbnails) {
  const image = element("img", { alt: "", loading: "lazy", decoding: "async", draggable: "false" })
  image.src = below(thumbnails, hash)
  return image
}

/** @param {number[]} numbers */
function sumOf(numbers) {
  return numbers.reduce((total, number) => total + number, 0)
}

/** @param {number[]} numbers */
function sum(numbers) {
  return sumOf(numbers).toLocaleString("en")
}
