// The parts of a query as chips. The elements stay while their parts stay: focus and loaded pictures survive.

import { arrange, element } from "../../shared/base.js"
import { button, CHIP_ICONS, icon } from "./icons.js"
import { CHIP_NAMES, isNegative, isTyped, nameOf } from "./parts.js"
import { weightText } from "./weight.js"

export class Chips {
  constructor(list) {
    this.list = list
  }

  show(parts, sending, thumbnails) {
    const known = new Map([...this.list.children].map(chip => [chip.dataset.key, chip]))
    const wanted = new Map()
    const add = (name, build) => {
      let [key, at] = [name, 0]
      while (wanted.has(key)) key = `${name} ${(at += 1)}` // parts may be the same but for their weights or regions
      const chip = known.get(key) ?? build()
      chip.dataset.key = key
      wanted.set(key, chip)
      return chip
    }
    for (const part of parts) {
      const name = `${part.kind} ${part.id ?? part.text}`
      paintChip(add(name, () => chipOf(part, thumbnails)), part)
    }
    for (const [file, url] of sending) add(url, () => sendingChip(file.name, url))
    arrange(this.list, [...wanted.values()])
  }

  // The chip that takes the place of one that goes.
  at(index) {
    return this.list.children[Math.min(index, this.list.children.length - 1)]
  }
}

function chipOf(part, thumbnails) {
  const chip = element("li", { class: `chip ${part.kind}` })
  const name = nameOf(part)
  const remove = button("remove", `Remove ${name}`, "Remove")
  remove.append(icon(CHIP_ICONS.remove))
  chip.append(part.id ? thumbnailOf(part, thumbnails) : icon(CHIP_ICONS[part.kind], "kind"), labelOf(part, name))
  if ("weight" in part) chip.append(weightButton())
  chip.append(remove)
  return chip
}

function labelOf(part, name) {
  return isTyped(part) ? typedLabel(part, name) : pictureLabel(part, name)
}

function pictureLabel(part, name) {
  const label = element("span", { class: "label", title: name }, CHIP_NAMES[part.kind] ?? "")
  label.append(element("span", { class: "picture-name" }, part.name))
  return label
}

// What stands in the box is edited there, so that its chip leads there.
function typedLabel(part, name) {
  const label = button("label", `Edit ${name}`, `${name}: edit it in the search box`)
  const [, field, value] = /^([^:"(]*:)(.*)$/s.exec(part.kind === "filter" ? name : "") ?? [null, "", name]
  label.append(element("span", { class: "field-name" }, field), value.replace(/^"([^"]*)"$/, "$1"))
  return label
}

function thumbnailOf(part, thumbnails) {
  const image = element("img", { src: `${thumbnails}/${part.id}`, alt: "", draggable: "false" })
  const whole = part.kind === "picture"
  const title = "Search with a part of this picture"
  const frame = whole ? button("thumbnail", "", title) : element("span", { class: "thumbnail" })
  if (whole) frame.setAttribute("aria-haspopup", "dialog")
  const pane = element("span", { class: "pane" })
  pane.append(image)
  frame.append(pane, icon(CHIP_ICONS[whole ? "crop" : part.kind], "badge"))
  image.onload = () => paintRegion(frame, image, frame.closest(".chip").queryPart.region)
  return frame
}

function weightButton() {
  const weight = button("weight", "", "How much this counts")
  weight.setAttribute("aria-haspopup", "dialog")
  weight.setAttribute("aria-expanded", "false")
  return weight
}

function paintChip(chip, part) {
  const name = nameOf(part)
  chip.queryPart = part
  chip.classList.toggle("negative", isNegative(part))
  const [weight, frame] = [chip.querySelector(".weight"), chip.querySelector("button.thumbnail")]
  if (weight) {
    weight.textContent = weightText(part.weight)
    weight.setAttribute("aria-label", `Weight of ${name}: ${weightText(part.weight)}`)
  }
  if (!frame) return
  frame.setAttribute("aria-label", part.region ? `The searched part of ${name}` : `Search with a part of ${name}`)
  frame.classList.toggle("cropped", Boolean(part.region))
  paintRegion(frame, frame.querySelector("img"), part.region)
}

// The part, and nothing but the part, fills the round pane: the picture is scaled and moved behind it.
function paintRegion(frame, image, region) {
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

function sendingChip(name, url) {
  const chip = element("li", { class: "chip picture sending", "aria-hidden": "true" })
  const picture = element("img", { src: url, alt: "" })
  picture.onload = picture.onerror = () => URL.revokeObjectURL(url)
  const [frame, pane] = [element("span", { class: "thumbnail" }), element("span", { class: "pane" })]
  pane.append(picture)
  frame.append(pane)
  chip.append(frame, element("span", { class: "label" }, name), element("span", { class: "spinner" }))
  return chip
}
