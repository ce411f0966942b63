// Searches that are kept on the server under a name.

import { Floating } from "../../shared/floating.js"
import { ask, send } from "../../shared/requests.js"
import { currentAddress, sameAddress } from "./recent.js"

export class Saved {
  all = []

  constructor(data) {
    this.data = data
  }

  async read() {
    const saved = await ask(this.url)
    this.all = Array.isArray(saved) ? saved : []
  }

  of(address) {
    return this.all.find(one => sameAddress(one.query_string, address))
  }

  // Under another name than before it is kept once, as one of the same name is.
  async add(name, address) {
    const before = this.of(address)
    await ask(this.url, { name, query_string: address })
    await this.read()
    const others = this.all.filter(one => one.id !== before?.id && sameAddress(one.query_string, address))
    if (before && others.length) await this.remove(before)
  }

  async remove({ id }) {
    await send(`${this.url}/${encodeURIComponent(id)}`, undefined, undefined, "DELETE")
    await this.read()
  }

  get url() {
    return this.data().saved_url
  }
}

// The form in which the search of the page gets its name, or loses it.
export class SavePopover {
  anchor
  saved
  label

  constructor(form, anchor, { saved, label }) {
    Object.assign(this, { form, anchor, saved, label })
    this.find = selector => form.querySelector(selector)
    this.input = this.find("input")
    this.floating = new Floating(form)
    anchor.onclick = () => (this.floating.open ? this.floating.close() : this.show())
    this.find(".unsave").onclick = () => this.act(() => saved.remove(saved.of(currentAddress())))
    form.onsubmit = event => this.onSubmit(event)
  }

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
    await this.saved.read().catch(error => this.fail(error.message))
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

  onSubmit(event) {
    event.preventDefault()
    event.stopPropagation() // the search bar is a form, too
    const name = this.input.value.trim()
    if (name) this.act(() => this.saved.add(name, currentAddress()))
  }

  async act(change) {
    this.fail("")
    try {
      await change()
    } catch (error) {
      return this.fail(error.message)
    }
    this.paint()
    this.floating.close()
    this.anchor.focus()
  }

  fail(text) {
    this.find(".failed").textContent = text
  }
}
