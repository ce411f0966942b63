// The line about the work in the background: how far it is, and what begins it.

import { element, finder } from "../shared/base.js"

/** @import { Work } from "./types.d.ts" */

const EVERY = 1000 // milliseconds
const GOING = new Set(["queued", "running"])

export class Working {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root
    this.find = finder(root)
  }

  /**
   * Show how far the work is, and look again while it goes on.
   * @param {Work} work
   * @param {{ words: string, buttons?: HTMLElement[], again: () => void }} options What is said where nothing goes on, and
   *   what looks again.
   */
  show(work, { words, buttons = [], again }) {
    clearTimeout(this.timer)
    const going = GOING.has(work.state)
    this.root.hidden = false
    this.root.dataset.state = work.state
    this.find(".state-words").textContent = going || work.state === "paused" || work.state === "failed" ? work.said : words
    const bar = this.find("progress", HTMLProgressElement)
    bar.hidden = !going
    if (work.share === null) bar.removeAttribute("value")
    else bar.value = work.share
    this.find(".state-buttons").replaceChildren(...(going ? [] : buttons))
    if (going) this.timer = setTimeout(again, EVERY)
  }

  hide() {
    this.stop()
  }

  stop() {
    clearTimeout(this.timer)
    this.root.hidden = true
  }
}

/**
 * @param {string} words
 * @param {() => void} act
 * @param {string} [kind]
 */
export function button(words, act, kind = "button") {
  const made = element("button", { type: "button", class: kind }, words)
  made.onclick = act
  return made
}
