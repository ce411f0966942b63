// Choosing a part of a picture. A region is [left, top, width, height] in shares of the picture's sides.

const WHOLE_PICTURE = [0, 0, 1, 1]
const SMALLEST_SIDE = 0.02
const REGION_STEP = 0.01
const REGION_KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
const CLICK = 4 // pixels: what moves less draws nothing

const bounded = (value, low, high) => Math.max(low, Math.min(high, value))
const isWhole = region => region[2] > 0.999 && region[3] > 0.999

export function movedRegion([left, top, width, height], dx, dy) {
  return [bounded(left + dx, 0, 1 - width), bounded(top + dy, 0, 1 - height), width, height]
}

// The edges named ("n", "se") go to the point, the others stay.
/**
 * @param {number[]} region
 * @param {string} edges
 * @param {number[]} point
 */
export function resizedRegion([left, top, width, height], edges, [x, y]) {
  const [right, bottom] = [left + width, top + height]
  const west = edges.includes("w") ? bounded(x, 0, right - SMALLEST_SIDE) : left
  const north = edges.includes("n") ? bounded(y, 0, bottom - SMALLEST_SIDE) : top
  const east = edges.includes("e") ? bounded(x, left + SMALLEST_SIDE, 1) : right
  const south = edges.includes("s") ? bounded(y, top + SMALLEST_SIDE, 1) : bottom
  return [west, north, east - west, south - north]
}

/**
 * @param {number[]} from
 * @param {number[]} to
 */
export function drawnRegion([x, y], [otherX, otherY]) {
  const side = (from, to) => Math.max(SMALLEST_SIDE, Math.abs(to - from))
  const [width, height] = [side(x, otherX), side(y, otherY)]
  return movedRegion([Math.min(x, otherX), Math.min(y, otherY), width, height], 0, 0)
}

export class RegionDialog {
  /** @type {any} */
  drag = null // of a pointer, from where to where

  // `use` takes the region that was chosen, null for the whole picture.
  constructor(dialog, use) {
    this.dialog = dialog
    this.find = selector => dialog.querySelector(selector)
    const [sheet, crop] = [this.find(".sheet"), this.find(".crop")]
    this.find(".use").onclick = () => this.finish(() => use(this.region.map(share => Math.round(share * 1e4) / 1e4)))
    this.find(".whole").onclick = () => this.finish(() => use(null))
    this.find(".cancel").onclick = this.find(".close").onclick = () => dialog.close()
    dialog.onclick = event => event.target === dialog && !this.drag && dialog.close()
    crop.onkeydown = event => this.onKey(event)
    sheet.onpointerdown = event => this.onDown(event)
    sheet.onpointermove = event => this.onMove(event)
    sheet.onpointerup = sheet.onpointercancel = event => this.onUp(event)
  }

  // The thumbnail is an image that is shown already.
  open({ name, region }, thumbnail, large) {
    this.find(".name").textContent = name
    this.find("img").alt = name
    this.choose(region ?? WHOLE_PICTURE)
    this.load(thumbnail, large)
    this.dialog.showModal()
    this.find(".crop").focus({ focusVisible: false })
  }

  close() {
    this.dialog.close()
  }

  finish(use) {
    use()
    this.dialog.close()
  }

  // The large view takes the thumbnail's place when it has come.
  load(thumbnail, large) {
    const image = this.find("img")
    const picture = new Image()
    this.wanted = large
    this.fit(thumbnail)
    image.onload = () => this.fit(image)
    image.onerror = () => this.fail(true)
    image.src = thumbnail.src
    picture.onload = () => this.wanted === large && (image.src = large)
    picture.src = large
  }

  fit({ naturalWidth, naturalHeight }) {
    if (naturalWidth) this.find(".sheet").style.setProperty("--ratio", naturalWidth / naturalHeight)
    this.fail(false)
  }

  fail(failed) {
    this.find(".missing").hidden = !failed
    this.find(".sheet").hidden = failed
  }

  choose(region) {
    this.region = region
    const [left, top, width, height] = region.map(share => Math.round(share * 100))
    const { style } = this.find(".crop")
    for (const [at, side] of ["left", "top", "width", "height"].entries()) style[side] = `${region[at] * 100}%`
    this.find(".use").disabled = isWhole(region)
    this.find(".extent").textContent = isWhole(region)
      ? "The whole picture"
      : `${width} × ${height} % of the picture, ${left} % from the left and ${top} % from the top`
  }

  onKey(event) {
    const way = REGION_KEYS[event.key]
    if (!way && event.key !== "Enter") return
    event.preventDefault() // of Enter too: the button that gets the focus back would be pressed by it
    if (!way) return this.find(".use").click()
    const [dx, dy] = way.map(steps => steps * REGION_STEP)
    const [left, top, width, height] = this.region
    const corner = [left + width + dx, top + height + dy]
    this.choose(event.shiftKey ? resizedRegion(this.region, "se", corner) : movedRegion(this.region, dx, dy))
  }

  onDown(event) {
    if (event.button !== 0 || this.drag) return
    event.preventDefault()
    const edges = event.target.dataset.edges
    const inside = event.target === this.find(".crop") && !isWhole(this.region)
    this.drag = { id: event.pointerId, edges, inside, from: this.point(event), event, region: this.region }
    this.find(".sheet").setPointerCapture(event.pointerId)
    this.find(".crop").focus({ focusVisible: false })
  }

  onMove(event) {
    if (event.pointerId !== this.drag?.id) return
    const { edges, inside, from, region } = this.drag
    const to = this.point(event)
    if (edges) this.choose(resizedRegion(region, edges, to))
    else if (inside) this.choose(movedRegion(region, to[0] - from[0], to[1] - from[1]))
    else if (this.moved(event)) this.choose(drawnRegion(from, to))
  }

  onUp(event) {
    if (event.pointerId !== this.drag?.id) return
    setTimeout(() => (this.drag = null)) // the click that ends a drag outside of the sheet is none
  }

  moved({ clientX, clientY }) {
    const start = this.drag.event
    return Math.hypot(clientX - start.clientX, clientY - start.clientY) > CLICK
  }

  point({ clientX, clientY }) {
    const { left, top, width, height } = this.find(".sheet").getBoundingClientRect()
    return [bounded((clientX - left) / width, 0, 1), bounded((clientY - top) / height, 0, 1)]
  }
}
