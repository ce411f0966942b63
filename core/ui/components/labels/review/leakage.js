// Pictures that are in two splits: what a model was trained on, it cannot be judged by.

import { element } from "../../shared/base.js"
import { plural } from "../../shared/format.js"
import { ask, Latest } from "../../shared/requests.js"
import { below, withParameter } from "../../shared/routes.js"
import { badge, percent, thumbnail } from "../pictures.js"
import { button } from "../working.js"

/** @import { Context, Health, LeakPage, LeakPair, Part, Shown } from "../types.d.ts" */
/** @import { Working } from "../working.js" */

const PAGE = 40
/** @type {Record<string, string>} */
const LEVELS = { listed: "Listed in both", bytes: "Same file", picture: "Same picture", alike: "Look-alikes" }

const SURE = ["listed", "bytes", "picture"]

/** @implements {Part} */
export class Leakage {
  level = ""
  /** @type {LeakPair[]} */
  pairs = []
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
  }

  async show() {
    const health = /** @type {Health} */ (await ask(below(this.context.routes.labels, "check"), undefined, this.latest.begin()))
    this.working.show(health.work, {
      words: summary(health),
      buttons: this.context.edits && Object.keys(health.splits).length > 1 ? [button(health.made ? "Check again" : "Check the splits", () => this.check(), health.made ? "button" : "button primary")] : [],
      again: () => this.show().catch(this.context.fail),
    })
    if (Object.keys(health.splits).length < 2) {
      return this.host.replaceChildren(element("p", { class: "empty" }, "Leakage is between splits, such as train and val. The pictures here are not in two of them."))
    }
    if (health.made) await this.load()
  }

  close() {
    this.latest.stop()
  }

  async check() {
    try {
      await ask(below(this.context.routes.labels, "check"), {})
      await this.show()
    } catch (error) {
      this.context.fail(error)
    }
  }

  async load() {
    this.pairs = []
    const page = await this.page()
    this.host.replaceChildren(this.head(page), this.list(page))
  }

  /** @returns {Promise<LeakPage>} */
  async page() {
    let url = withParameter(withParameter(below(this.context.routes.labels, "leakage"), "offset", String(this.pairs.length)), "limit", String(PAGE))
    if (this.level) url = withParameter(url, "level", this.level)
    const page = /** @type {LeakPage} */ (await ask(url, undefined, this.latest.begin()))
    this.pairs.push(...page.pairs)
    return page
  }

  /** @param {LeakPage} page */
  head({ levels }) {
    const made = element("div", { class: "row head" })
    const chosen = element("div", { class: "pills", role: "group", "aria-label": "How alike" })
    for (const [level, words] of Object.entries({ "": "All the same", ...LEVELS })) {
      const count = level ? levels[level] ?? 0 : SURE.reduce((sum, one) => sum + (levels[one] ?? 0), 0)
      const pill = button(`${words} · ${count.toLocaleString("en")}`, () => this.choose(level), "pill")
      pill.setAttribute("aria-pressed", String(level === this.level))
      chosen.append(pill)
    }
    made.append(chosen, element("a", { href: below(this.context.routes.labels, "leakage.csv"), class: "button small", download: "" }, "Pairs (CSV)"))
    return made
  }

  /** @param {string} level */
  choose(level) {
    this.level = level
    this.load().catch(this.context.fail)
  }

  /** @param {LeakPage} page */
  list({ total, known }) {
    const made = element("div", {})
    if (!known) made.append(element("p", { class: "muted" }, "No search for duplicates yet: only what is listed in both splits is known."))
    else if (!total) made.append(element("p", { class: "empty good" }, "No picture of one split is in another."))
    const list = element("ol", { class: "pairs" })
    list.append(...this.pairs.map(pair => this.row(pair)))
    made.append(list)
    if (this.pairs.length < total) {
      const more = button(`Show more of ${total.toLocaleString("en")}`, async () => {
        try {
          const before = this.pairs.length
          await this.page()
          list.append(...this.pairs.slice(before).map(pair => this.row(pair)))
          more.hidden = this.pairs.length >= total
        } catch (error) {
          this.context.fail(error)
        }
      })
      made.append(more)
    }
    return made
  }

  /** @param {LeakPair} pair */
  row(pair) {
    const made = element("li", { class: "pair" })
    made.append(this.side(pair.one), element("p", { class: "between" }, `${pair.words} · ${percent(pair.cosine)} alike`), this.side(pair.other))
    return made
  }

  /** @param {Shown} picture */
  side(picture) {
    const made = element("figure", {})
    const frame = element("div", { class: "frame" })
    frame.append(thumbnail(picture, this.context.routes.thumbnails))
    const caption = element("figcaption", { title: picture.path })
    caption.append(...picture.splits.map(split => badge(split, "split")), element("span", { class: "name" }, picture.name))
    made.append(frame, caption)
    return made
  }
}

/** @param {Health} health */
function summary({ made, leaks, splits }) {
  const told = Object.entries(splits).map(([split, count]) => `${split} ${count.toLocaleString("en")}`).join(" · ")
  if (!told) return "No picture here is in a split."
  if (!made) return `${told}. Nobody has checked them yet.`
  if (!Object.keys(leaks).length) return `${told}. No search for duplicates yet.`
  const count = SURE.reduce((sum, one) => sum + (leaks[one] ?? 0), 0)
  return `${told}. ${count ? `${plural(count, "pair")} of the same picture in two splits.` : "No picture of one split is in another."}`
}
