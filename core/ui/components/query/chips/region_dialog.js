// Choosing a part of a picture, with the pointer or with keys.

import { finder } from "../../shared/base.js"
import { bounded, drawnRegion, isWhole, movedRegion, resizedRegion, WHOLE_IMAGE } from "./region.js"

/** @import { ImagePart, Point, Region } from "../types.d.ts" */

const REGION_STEP = 0.01
/** @type {Map<string, Point>} */
const REGION_KEYS = new Map([["ArrowLeft", [-1, 0]], ["ArrowRight", [1, 0]], ["ArrowUp", [0, -1]], ["ArrowDown", [0, 1]]])
const CLICK = 4 // pixels: what moves less draws nothing

export class RegionDialog {
  region = WHOLE_IMAGE
  wanted = "" // the URL of the large view
  /** @type {{ event: PointerEvent, edges: string | undefined, inside: boolean, from: Point, region: Region } | null} */
  drag = null // from where, and what was chosen then

  /**
   * @param {HTMLDialogElement} dialog
   * @param {(region: Region | null) => void} use Takes what was chosen, null for the whole picture.
   */
  constructor(dialog, use) {
    this.dialog = dialog
    this.use = use
    this.find = finder(dialog)
    const [sheet, crop] = [this.find(".sheet"), this.find(".crop")]
    this.find(".use").onclick = () => this.finish(rounded(this.region))
    this.find(".whole").onclick = () => this.finish(null)
    this.find(".cancel").onclick = this.find(".close").onclick = () => dialog.close()
    dialog.onclick = event => event.target === dialog && !this.drag && dialog.close()
    crop.onkeydown = event => this.onKey(event)
    sheet.onpointerdown = event => this.onDown(event)
    sheet.onpointermove = event => this.onMove(event)
    sheet.onpointerup = sheet.onpointercancel = event => this.onUp(event)
  }

  /**
   * @param {ImagePart} part
   * @param {HTMLImageElement} thumbnail Shown already.
   * @param {string} large
   */
  open({ name, region }, thumbnail, large) {
    this.find(".name").textContent = name
    this.find("img", HTMLImageElement).alt = name
    this.choose(region ?? WHOLE_IMAGE)
    this.load(thumbnail, large)
    this.dialog.showModal()
    this.find(".crop").focus({ focusVisible: false })
  }

  close() {
    this.dialog.close()
  }

  /** @param {Region | null} region */
  finish(region) {
    this.use(region)
    this.dialog.close()
  }

  /**
   * The large view takes the thumbnail's place when it has come.
   * @param {HTMLImageElement} thumbnail
   * @param {string} large
   */
  load(thumbnail, large) {
    const image = this.find("img", HTMLImageElement)
    const coming = new Image()
    this.wanted = large
    this.fit(thumbnail)
    image.onload = () => this.fit(image)
    image.onerror = () => this.fail(true)
    image.src = thumbnail.src
    coming.onload = () => this.wanted === large && (image.src = large)
    coming.src = large
  }

  /** @param {HTMLImageElement} image */
  fit({ naturalWidth, naturalHeight }) {
    if (naturalWidth) this.find(".sheet").style.setProperty("--ratio", String(naturalWidth / naturalHeight))
    this.fail(false)
  }

  /** @param {boolean} failed */
  fail(failed) {
    this.find(".missing").hidden = !failed
    this.find(".sheet").hidden = failed
  }

  /** @param {Region} region */
  choose(region) {
    this.region = region
    const [left, top, width, height] = region.map(share => Math.round(share * 100))
    for (const [at, side] of ["left", "top", "width", "height"].entries()) {
      this.find(".crop").style.setProperty(side, `${region[at] * 100}%`)
    }
    this.find(".use", HTMLButtonElement).disabled = isWhole(region)
    this.find(".extent").textContent = isWhole(region)
      ? "The whole picture"
      : `${width} × ${height} % of the picture, ${left} % from the left and ${top} % from the top`
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const way = REGION_KEYS.get(event.key)
    if (!way && event.key !== "Enter") return
    event.preventDefault() // of Enter too: the button that gets the focus back would be pressed by it
    if (!way) return this.find(".use").click()
    const [dx, dy] = way.map(steps => steps * REGION_STEP)
    const [left, top, width, height] = this.region
    const resized = () => resizedRegion(this.region, "se", [left + width + dx, top + height + dy])
    this.choose(event.shiftKey ? resized() : movedRegion(this.region, dx, dy))
  }

  /** @param {PointerEvent} event */
  onDown(event) {
    if (event.button !== 0 || this.drag) return
    event.preventDefault()
    const { target } = event
    const edges = target instanceof HTMLElement ? target.dataset.edges : undefined
    const inside = target === this.find(".crop") && !isWhole(this.region)
    this.drag = { event, edges, inside, from: this.point(event), region: this.region }
    this.find(".sheet").setPointerCapture(event.pointerId)
    this.find(".crop").focus({ focusVisible: false })
  }

  /** @param {PointerEvent} event */
  onMove(event) {
    if (event.pointerId !== this.drag?.event.pointerId) return
    const { edges, inside, from, region, event: start } = this.drag
    const to = this.point(event)
    if (edges) this.choose(resizedRegion(region, edges, to))
    else if (inside) this.choose(movedRegion(region, to[0] - from[0], to[1] - from[1]))
    else if (moved(start, event)) this.choose(drawnRegion(from, to))
  }

  /** @param {PointerEvent} event */
  onUp(event) {
    if (event.pointerId !== this.drag?.event.pointerId) return
    setTimeout(() => (this.drag = null)) // the click that ends a drag outside of the sheet is none
  }

  /**
   * @param {PointerEvent} event
   * @returns {Point}
   */
  point({ clientX, clientY }) {
    const { left, top, width, height } = this.find(".sheet").getBoundingClientRect()
    return [bounded((clientX - left) / width, 0, 1), bounded((clientY - top) / height, 0, 1)]
  }
}

/**
 * @param {PointerEvent} start
 * @param {PointerEvent} event
 */
function moved(start, event) {
  return Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > CLICK
}

/**
 * @param {Region} region
 * @returns {Region}
 */
function rounded([left, top, width, height]) {
  const four = (/** @type {number} */ share) => Math.round(share * 1e4) / 1e4
  return [four(left), four(top), four(width), four(height)]
}
