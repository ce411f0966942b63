// How much a part of the query counts, and whether towards it or away from it.

import { Floating } from "../../shared/floating.js"
import { nameOf } from "./parts.js"

const [LEAST_WEIGHT, MOST_WEIGHT, WEIGHT_STEP] = [-1, 2, 0.1]
const EXCLUDED = { words: -1, picture: -0.5 } // at -1 a picture would push away what it shares with the other parts
export const WEIGHT_KEYS = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 }

const hundredths = weight => Math.round(Math.min(MOST_WEIGHT, Math.max(LEAST_WEIGHT, weight)) * 100) / 100

// A weight of zero would be a part that does nothing: it stays on the side that it comes from.
export function nonzero(weight, before) {
  return hundredths(weight) || Math.sign(before) * WEIGHT_STEP
}

export function stepped(weight, direction) {
  return hundredths(weight + direction * WEIGHT_STEP) || direction * WEIGHT_STEP
}

export function weightText(weight) {
  const tenths = Math.round(weight * 10) / 10
  return weight.toFixed(tenths === weight ? 1 : 2).replace("-", "−")
}

export class WeightPopover {
  weigh
  settled

  // `weigh` takes each weight as it is chosen, `settled` says that for now it is the last.
  constructor(root, { weigh, settled }) {
    Object.assign(this, { weigh, settled })
    this.find = selector => root.querySelector(selector)
    this.floating = new Floating(root, { closed: () => settled() })
    const [slider, number] = [this.find(".slider"), this.find(".number")]
    slider.oninput = () => this.choose(nonzero(Number(slider.value), this.part.weight))
    slider.onpointerup = slider.onpointercancel = () => settled()
    number.oninput = () => this.type(number)
    number.onchange = () => this.paint(this.chip)
    root.onkeydown = event => this.onKey(event)
    this.find(".exclude").onclick = () => this.decide(this.part.weight < 0 ? 1 : EXCLUDED[this.part.kind])
    this.find(".usual").onclick = () => this.decide(1)
  }

  get part() {
    return this.chip.queryPart
  }

  toggle(chip) {
    if (this.floating.open && this.chip === chip) return this.floating.close()
    this.floating.close()
    this.chip = chip
    this.paint(chip)
    this.floating.show(chip, { opener: chip.querySelector(".weight") })
    this.find(".slider").focus()
  }

  // Of the chip that it is open for; one that is gone takes it along.
  follow() {
    if (!this.floating.open) return
    if (!this.chip.isConnected) return this.floating.close()
    this.paint(this.chip)
    this.floating.place()
  }

  paint({ queryPart: part }) {
    const [slider, number] = [this.find(".slider"), this.find(".number")]
    const share = weight => (weight - LEAST_WEIGHT) / (MOST_WEIGHT - LEAST_WEIGHT)
    this.find(".weigh-name").textContent = nameOf(part)
    this.floating.element.classList.toggle("negative", part.weight < 0)
    slider.value = part.weight
    slider.setAttribute("aria-valuetext", weightText(part.weight))
    slider.style.setProperty("--low", share(Math.min(0, part.weight)))
    slider.style.setProperty("--high", share(Math.max(0, part.weight)))
    const typed = number === number.getRootNode().activeElement && Number(number.value) === part.weight
    if (!typed) number.value = part.weight
    this.find(".exclude").setAttribute("aria-pressed", part.weight < 0)
    this.find(".usual").disabled = part.weight === 1
  }

  choose(weight) {
    this.weigh(this.part, weight)
  }

  decide(weight) {
    this.choose(weight)
    this.settled()
  }

  // What is half typed, "-" or "0.", is not taken yet and not corrected.
  type(number) {
    const weight = Number(number.value)
    if (number.value === "" || weight === 0 || weight < LEAST_WEIGHT || weight > MOST_WEIGHT) return
    this.choose(hundredths(weight))
  }

  onKey(event) {
    const direction = WEIGHT_KEYS[event.key]
    const field = event.target.closest(".slider, .number")
    if (event.key === "Enter" && field) this.leave(event)
    else if (field && direction && !(field.matches(".number") && /Left|Right/.test(event.key))) {
      event.preventDefault()
      this.choose(stepped(this.part.weight, direction))
    }
  }

  leave(event) {
    event.preventDefault()
    this.find(".number").blur() // takes what is typed
    this.floating.close()
    this.floating.focus.focus()
  }
}
