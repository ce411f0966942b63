// What is wrong with pictures: of each kind how many, when it is said of one, and the worst by what is measured.

import { element, finder, mounting } from "../shared/base.js"
import { plural } from "../shared/format.js"
import { searchLink } from "../shared/links.js"
import { strip } from "../shared/strip.js"

/** @import { SearchParams, Trigger } from "../shared/types.d.ts" */
/** @import { Flag, QualityData } from "./types.d.ts" */

const CLOSEST = 8 // pictures, where none has the flag: a row

export default mounting(".quality", (root, _data, trigger) => new Quality(root, trigger))

class Quality {
  /**
   * @param {HTMLElement} root
   * @param {Trigger} trigger
   */
  constructor(root, trigger) {
    this.root = root
    this.trigger = trigger
    this.find = finder(root)
    root.onkeydown = event => event.stopPropagation() // Streamlit has shortcuts of its own on single letters
  }

  /** @param {QualityData} data */
  show({ report, thumbnails }) {
    const open = (/** @type {SearchParams} */ params) => this.trigger("open", params)
    this.find(".jump").replaceChildren(...report.flags.map(flag => this.tile(flag, report.checked)))
    const said = [...report.flags.filter(({ count }) => count), ...report.flags.filter(({ count }) => !count)]
    this.find(".flags").replaceChildren(...said.map(flag => section(flag, thumbnails, open)))
  }

  /**
   * A number that leads down to its pictures.
   * @param {Flag} flag
   * @param {number} of
   */
  tile(flag, of) {
    const button = element("button", { type: "button", class: flag.count ? "tile" : "tile none" })
    const share = of && flag.count ? `${percent(flag.count / of)} of the pictures` : ""
    button.append(element("span", { class: "name" }, flag.title), element("span", { class: "count" }, flag.count.toLocaleString("en")), element("span", { class: "share" }, share))
    button.onclick = () => {
      const heading = this.root.querySelector(`#flag-${flag.key}`)
      if (!(heading instanceof HTMLElement)) return
      heading.scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" })
      heading.focus({ preventScroll: true })
    }
    return button
  }
}

/**
 * @param {Flag} flag
 * @param {string} thumbnails
 * @param {(params: SearchParams) => void} open
 */
function section(flag, thumbnails, open) {
  const made = element("section", { "aria-labelledby": `flag-${flag.key}` })
  const head = element("div", { class: "head" })
  head.append(element("h2", { id: `flag-${flag.key}`, tabindex: -1 }, flag.title), element("span", { class: "number" }, flag.count.toLocaleString("en")))
  if (flag.count) head.append(searchLink({ q: flag.filter }, open, { class: "button" }, flag.count === 1 ? "Show it" : `Show all ${flag.count.toLocaleString("en")}`))
  made.append(head, element("p", { class: "about" }, flag.about))
  const pictures = flag.worst.slice(0, flag.count ? undefined : CLOSEST).map(one => ({ ...one, dim: !one.flagged }))
  if (pictures.length && !flag.count) made.append(element("p", { class: "about" }, "No picture has this flag. These come closest:"))
  if (pictures.length) made.append(strip(pictures, { thumbnails, open, label: `${flag.title}: the worst of ${plural(flag.count, "picture")}` }))
  return made
}

/** @param {number} share */
function percent(share) {
  if (share > 0 && share < 0.001) return "under 0.1 %"
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`
}
