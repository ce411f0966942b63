// The parts of a query as chips. The elements stay while their parts stay: focus and loaded images survive.

import { arrange, closest, element, part } from "../../shared/base.js"
import { below } from "../../shared/routes.js"
import { button, CHIP_ICONS, icon } from "./icons.js"
import { CHIP_NAMES, isNegative, isTyped, isWeighted, nameOf } from "./parts.js"
import { weightText } from "./weight.js"

/** @import { Chip, ExamplePart, ImagePart, Part, Region, TypedPart } from "../types.d.ts" */

export class Chips {
  /** @type {Map<string, Chip>} */
  chips = new Map() // by what their parts are
  /** @type {Map<string, HTMLElement>} */
  sending = new Map() // of pictures on their way, by where they are shown from

  /** @param {HTMLElement} list */
  constructor(list) {
    this.list = list
  }

  /**
   * @param {Part[]} parts
   * @param {Map<File, string>} sending
   * @param {string} thumbnails
   */
  show(parts, sending, thumbnails) {
    const known = { chips: this.chips, sending: this.sending }
    this.chips = new Map()
    for (const one of parts) {
      const key = this.unused(`${one.kind} ${isTyped(one) ? one.text : one.id}`)
      const chip = known.chips.get(key) ?? chipOf(one, thumbnails)
      paintChip(chip, one)
      this.chips.set(key, chip)
    }
    this.sending = new Map()
    for (const [file, url] of sending) this.sending.set(url, known.sending.get(url) ?? sendingChip(file.name, url))
    arrange(this.list, [...this.chips.values(), ...this.sending.values()])
  }

  /**
   * Parts may be the same but for their weights or regions.
   * @param {string} name
   */
  unused(name) {
    let [key, at] = [name, 0]
    while (this.chips.has(key)) key = `${name} ${(at += 1)}`
    return key
  }

  /**
   * The chip that an event happened in.
   * @param {Event} event
   */
  of(event) {
    const chip = closest(event, ".chip")
    return [...this.chips.values()].find(one => one === chip) ?? null
  }

  /** @param {Chip} chip */
  place(chip) {
    return [...this.list.children].findIndex(one => one === chip)
  }

  /**
   * The chip that takes the place of one that goes.
   * @param {number} index
   */
  at(index) {
    return this.list.children[Math.min(index, this.list.children.length - 1)]
  }
}

/**
 * @param {Part} one
 * @param {string} thumbnails
 * @returns {Chip}
 */
function chipOf(one, thumbnails) {
  const chip = Object.assign(element("li", { class: `chip ${one.kind}` }), { queryPart: one })
  const name = nameOf(one)
  const remove = button("remove", `Remove ${name}`, "Remove")
  remove.append(icon(CHIP_ICONS.remove))
  if (isTyped(one)) chip.append(icon(CHIP_ICONS[one.kind], "kind"), typedLabel(one, name))
  else chip.append(thumbnailOf(chip, one, thumbnails), imageLabel(one, name))
  if (isWeighted(one)) chip.append(weightButton())
  chip.append(remove)
  return chip
}

/**
 * @param {ImagePart | ExamplePart} one
 * @param {string} name
 */
function imageLabel(one, name) {
  const label = element("span", { class: "label", title: name }, CHIP_NAMES[one.kind] ?? "")
  label.append(element("span", { class: "image-name" }, one.name))
  return label
}

/**
 * What stands in the box is edited there, so that its chip leads there.
 * @param {TypedPart} one
 * @param {string} name
 */
function typedLabel(one, name) {
  const label = button("label", `Edit ${name}`, `${name}: edit it in the search box`)
  const [, field, value] = /^([^:"(]*:)(.*)$/s.exec(one.kind === "filter" ? name : "") ?? [null, "", name]
  label.append(element("span", { class: "field-name" }, field), value.replace(/^"([^"]*)"$/, "$1"))
  return label
}

/**
 * @param {Chip} chip
 * @param {ImagePart | ExamplePart} one
 * @param {string} thumbnails
 */
function thumbnailOf(chip, one, thumbnails) {
  const image = element("img", { src: below(thumbnails, one.id), alt: "", draggable: "false" })
  const whole = one.kind === "image"
  const frame = whole ? button("thumbnail", "", "Search with a part of this picture") : element("span", { class: "thumbnail" })
  if (whole) frame.setAttribute("aria-haspopup", "dialog")
  const pane = element("span", { class: "pane" })
  pane.append(image)
  frame.append(pane, icon(CHIP_ICONS[one.kind === "image" ? "crop" : one.kind], "badge"))
  image.onload = () => paintRegion(image, regionOf(chip.queryPart))
  return frame
}

function weightButton() {
  const weight = button("weight", "", "How much this counts")
  weight.setAttribute("aria-haspopup", "dialog")
  weight.setAttribute("aria-expanded", "false")
  return weight
}

/**
 * @param {Chip} chip
 * @param {Part} one
 */
function paintChip(chip, one) {
  const name = nameOf(one)
  chip.queryPart = one
  chip.classList.toggle("negative", isNegative(one))
  if (isWeighted(one)) {
    const weight = part(chip, ".weight")
    weight.textContent = weightText(one.weight)
    weight.setAttribute("aria-label", `Weight of ${name}: ${weightText(one.weight)}`)
  }
  if (one.kind !== "image") return
  const frame = part(chip, ".thumbnail")
  frame.setAttribute("aria-label", one.region ? `The searched part of ${name}` : `Search with a part of ${name}`)
  frame.classList.toggle("cropped", Boolean(one.region))
  paintRegion(part(frame, "img", HTMLImageElement), one.region)
}

/** @param {Part} one */
function regionOf(one) {
  return one.kind === "image" ? one.region : null
}

/**
 * The part, and nothing but the part, fills the round pane: the image is scaled and moved behind it.
 * @param {HTMLImageElement} image
 * @param {Region | null} region
 */
function paintRegion(image, region) {
  const { naturalWidth, naturalHeight, style } = image
  if (!region || !naturalWidth) return image.removeAttribute("style")
  const [left, top, width, height] = region
  const scale = 100 / Math.min(width * naturalWidth, height * naturalHeight) // percent of the pane for each pixel
  const [across, down] = [naturalWidth * scale, naturalHeight * scale]
  Object.assign(style, {
    width: `${across}%`,
    height: `${down}%`,
    left: `${50 - (left + width / 2) * across}%`,
    top: `${50 - (top + height / 2) * down}%`,
  })
}

/**
 * @param {string} name
 * @param {string} url
 */
function sendingChip(name, url) {
  const chip = element("li", { class: "chip image sending", "aria-hidden": "true" })
  const image = element("img", { src: url, alt: "" })
  image.onload = image.onerror = () => URL.revokeObjectURL(url)
  const [frame, pane] = [element("span", { class: "thumbnail" }), element("span", { class: "pane" })]
  pane.append(image)
  frame.append(pane)
  chip.append(frame, element("span", { class: "label" }, name), element("span", { class: "spinner" }))
  return chip
}
