// The form in which the search of the page gets its name, or loses it.

import { finder, part } from "../../shared/base.js"
import { Floating } from "../../shared/floating.js"
import { sentence } from "../../shared/requests.js"
import { currentAddress } from "./recent.js"

/** @import { Saved } from "./saved.js" */

export class SavePopover {
  /** @type {string | undefined} */
  suggested // what was in the field before anybody typed

  /**
   * @param {HTMLFormElement} form
   * @param {HTMLElement} anchor
   * @param {{ saved: Saved, label: () => string }} options The label is what it is called without a name.
   */
  constructor(form, anchor, { saved, label }) {
    this.anchor = anchor
    this.saved = saved
    this.label = label
    this.find = finder(form)
    this.input = part(form, "input", HTMLInputElement)
    this.floating = new Floating(form)
    anchor.onclick = () => (this.floating.open ? this.floating.close() : this.show())
    this.find(".unsave").onclick = () => this.act(() => this.unsave())
    form.onsubmit = event => this.onSubmit(event)
  }

  /** @param {boolean} possible */
  offer(possible) {
    this.anchor.hidden = !possible
    if (!possible) this.floating.close()
    this.paint()
  }

  async show() {
    this.fail("")
    this.suggest()
    this.floating.show(this.anchor)
    this.input.select()
    await this.saved.read().catch(error => this.fail(sentence(error)))
    this.suggest()
    this.paint()
  }

  // What is typed meanwhile stays.
  suggest() {
    const name = this.saved.of(currentAddress())?.name ?? this.label().slice(0, this.input.maxLength)
    if (!this.floating.open || this.input.value === this.suggested) this.input.value = name
    this.suggested = name
  }

  paint() {
    const kept = Boolean(this.saved.of(currentAddress()))
    this.find("[type=submit]").textContent = kept ? "Rename" : "Save"
    this.find(".unsave").hidden = !kept
    this.anchor.classList.toggle("kept", kept)
    const name = kept ? "Saved" : "Save this search"
    if (this.anchor.title !== name) this.anchor.title = name
    this.anchor.setAttribute("aria-label", name)
  }

  /** @param {SubmitEvent} event */
  onSubmit(event) {
    event.preventDefault()
    event.stopPropagation() // the search bar is a form, too
    const name = this.input.value.trim()
    if (name) this.act(() => this.saved.add(name, currentAddress()))
  }

  // Somebody else may have removed it meanwhile.
  async unsave() {
    const saved = this.saved.of(currentAddress())
    if (saved) await this.saved.remove(saved)
  }

  /** @param {() => Promise<void>} change */
  async act(change) {
    this.fail("")
    try {
      await change()
    } catch (error) {
      return this.fail(sentence(error))
    }
    this.paint()
    this.floating.close()
    this.anchor.focus()
  }

  /** @param {string} text */
  fail(text) {
    this.find(".failed").textContent = text
  }
}
