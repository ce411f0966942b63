// What was found, file by file: only the lines near the window are in the page.

import { arrange, finder, part } from "../shared/base.js"
import { fileSize } from "../shared/format.js"
import { below } from "../shared/routes.js"
import { scroller } from "../shared/scrolling/scroller.js"
import { near } from "../shared/scrolling/window.js"
import { VERDICTS } from "./words.js"

/** @import { CheckRoutes, Line } from "./types.d.ts" */

export class Lines {
  /** @type {Line[]} */
  lines = []
  /** @type {WeakMap<Line, HTMLElement>} */
  nodes = new WeakMap()
  leaving = new AbortController()
  painting = 0
  /** @type {CheckRoutes | null} */
  routes = null

  /**
   * @param {HTMLElement} root
   * @param {(line: Line) => void} compare
   */
  constructor(root, compare) {
    const find = finder(root)
    this.compare = compare
    this.list = find(".lines")
    this.probe = find(".wanted-height")
    this.template = part(find("template", HTMLTemplateElement).content, ".checked")
    this.scroller = scroller(root)
    const { signal } = this.leaving
    this.scroller.addEventListener("scroll", () => this.later(), { passive: true, signal })
    addEventListener("resize", () => this.later(), { signal })
  }

  close() {
    this.leaving.abort()
    cancelAnimationFrame(this.painting)
  }

  /**
   * @param {Line[]} lines
   * @param {CheckRoutes} routes
   */
  show(lines, routes) {
    this.lines = lines
    this.routes = routes
    this.later()
  }

  later() {
    cancelAnimationFrame(this.painting)
    this.painting = requestAnimationFrame(() => this.paint())
  }

  paint() {
    const { lines, probe } = this
    const row = probe.offsetHeight
    this.list.style.height = `${lines.length * row}px`
    const top = this.scroller.getBoundingClientRect().top - this.list.getBoundingClientRect().top
    const [first, end] = near(top, this.scroller.clientHeight, row, lines.length)
    arrange(this.list, lines.slice(first, end).map((line, at) => this.node(line, (first + at) * row)))
  }

  /**
   * @param {Line} line
   * @param {number} top
   */
  node(line, top) {
    const node = this.nodes.get(line) ?? this.made(line)
    this.nodes.set(line, node)
    node.style.top = `${top}px`
    return node
  }

  /** @param {Line} line */
  made(line) {
    const node = /** @type {HTMLElement} */ (this.template.cloneNode(true))
    const find = finder(node)
    const { answer, match, reason } = line
    node.dataset.answer = answer
    picture(find(".own img", HTMLImageElement), line.url ?? this.thumbnail(line.content_hash))
    find(".told .name").textContent = line.name
    find(".told .name").title = line.path
    find(".told .detail").textContent = about(line)
    find(".answer").textContent = VERDICTS[answer].name
    find(".how").textContent = reason || detail(line)
    find(".how").title = reason
    const button = find(".match")
    button.hidden = !match
    if (!match) return node
    picture(part(button, "img", HTMLImageElement), this.thumbnail(match.content_hash))
    part(button, ".name").textContent = match.name
    part(button, ".detail").textContent = match.path
    button.title = match.path
    button.setAttribute("aria-label", `Compare ${line.name} with ${match.name}`)
    button.onclick = () => this.compare(line)
    return node
  }

  /** @param {string} hash */
  thumbnail(hash) {
    return hash && this.routes ? below(this.routes.thumbnails, hash) : ""
  }
}

/**
 * What it is beside its match, where that says more than the verdict.
 * @param {Line} line
 */
function detail({ answer, how, cosine }) {
  if (answer === "same-file") return VERDICTS[answer].means
  return [how, cosine !== null && answer === "look-alike" && cosine.toFixed(3)].filter(Boolean).join(" · ") || VERDICTS[answer].means
}

/** @param {Line} line */
function about({ width, height, size, path, name }) {
  const folder = path.endsWith(name) ? path.slice(0, -name.length).replace(/\/$/, "") : path
  return [width && `${width} × ${height}`, size && fileSize(size), folder].filter(Boolean).join(" · ")
}

/**
 * @param {HTMLImageElement} image
 * @param {string} url
 */
function picture(image, url) {
  image.onerror = () => (image.hidden = true)
  image.hidden = !url
  if (url) image.src = url
}
