// A conversation about pictures. It goes on in the browser: the page is never run.

import { arrange, closest, element, finder, mounting, part } from "../shared/base.js"
import { plural } from "../shared/format.js"
import { collection } from "../shared/routes.js"
import { Conversation } from "./conversation.js"
import { PictureDialog } from "./picture.js"
import { TurnView } from "./turn.js"
import { finished, terms } from "./words.js"

/** @import { SearchParams, Trigger } from "../shared/types.d.ts" */
/** @import { AskData, Chosen, Shown } from "./types.d.ts" */
/** @import { Turn } from "./conversation.js" */

// The elements go when another page of the app is shown; the module stays, and what was asked with it.
/** @type {Map<string, Conversation>} */
const kept = new Map()

export default mounting(".ask", (root, data, trigger) => new AskArea(root, data, trigger))

class AskArea {
  /** @type {WeakMap<Turn, TurnView>} */
  views = new WeakMap()

  /**
   * @param {HTMLElement} root
   * @param {AskData} data
   * @param {Trigger} trigger
   */
  constructor(root, data, trigger) {
    this.root = root
    this.data = data
    this.trigger = trigger
    this.find = finder(root)
    this.conversation = kept.get(collection()) ?? new Conversation(data.routes, () => {})
    kept.set(collection(), this.conversation)
    this.conversation.changed = turn => this.onChange(turn)
    this.picture = new PictureDialog(this.find(".picture", HTMLDialogElement), params => this.open(params))
    this.template = part(this.find("template", HTMLTemplateElement).content, ".turn")
    this.words = this.find("[name=question]", HTMLTextAreaElement)
    this.slider = this.find(".k-slider", HTMLInputElement)
    this.listen()
  }

  listen() {
    this.find("form").onsubmit = event => {
      event.preventDefault()
      this.send(this.words.value)
    }
    this.words.onkeydown = event => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
      event.preventDefault()
      this.send(this.words.value)
    }
    this.words.oninput = () => this.grow()
    this.find(".stop").onclick = () => this.conversation.stop()
    this.find(".clear").onclick = () => this.clear()
    this.find(".examples").onclick = event => this.send(closest(event, "button")?.textContent ?? "")
    for (const chosen of [this.slider, this.tick("names"), this.tick("places")]) chosen.oninput = () => this.paintTerms()
    this.root.onkeydown = event => event.stopPropagation() // Streamlit has shortcuts of its own on single letters
  }

  close() {
    this.conversation.changed = () => {}
    this.picture.close()
  }

  /** @param {AskData} data */
  show(data) {
    this.data = data
    this.conversation.routes = data.routes
    const { k, search_tokens: tokens, names, places } = data.terms
    this.slider.max = String(tokens.length)
    if (!this.slider.dataset.set) this.slider.value = String(k)
    this.slider.dataset.set = "yes"
    for (const [name, allowed] of Object.entries({ names, places })) this.find(`.tick.${name}`).hidden = !allowed
    this.find(".examples").replaceChildren(...data.examples.map(one => element("button", { class: "example", type: "button" }, one)))
    this.paintTerms()
    this.paint()
  }

  /** @param {string} name */
  tick(name) {
    return this.find(`[name=${name}]`, HTMLInputElement)
  }

  /** @returns {Chosen} */
  get chosen() {
    const { names, places } = this.data.terms
    return { k: Number(this.slider.value), names: names && this.tick("names").checked, places: places && this.tick("places").checked }
  }

  paintTerms() {
    const { chosen } = this
    this.find(".k .count").textContent = String(chosen.k)
    this.slider.setAttribute("aria-valuetext", plural(chosen.k, "picture"))
    this.find(".terms-words").textContent = terms(this.data, chosen)
  }

  grow() {
    this.words.style.height = "auto"
    this.words.style.height = `${Math.min(this.words.scrollHeight, 200)}px`
  }

  /** @param {string} text */
  send(text) {
    const question = text.trim()
    if (!question || this.conversation.running) return
    this.words.value = ""
    this.grow()
    this.words.focus()
    this.conversation.ask(question, this.chosen)
    this.find(".turns").lastElementChild?.scrollIntoView({ block: "start", behavior: "smooth" })
  }

  clear() {
    this.conversation.changed = () => {}
    this.conversation.stop()
    this.conversation = new Conversation(this.data.routes, turn => this.onChange(turn))
    kept.set(collection(), this.conversation)
    this.paint()
    this.words.focus()
  }

  /** @param {Turn} turn */
  onChange(turn) {
    if (!turn.running) this.find(".announcement").textContent = turn.trouble || finished(turn.done?.cited ?? [])
    this.paint(turn)
  }

  /** @param {Turn} [changed] All, where none is named. */
  paint(changed) {
    const { turns, running } = this.conversation
    arrange(this.find(".turns"), turns.map(turn => this.view(turn).node))
    for (const turn of changed ? [changed] : turns) this.view(turn).paint()
    this.find(".beginning").hidden = turns.length > 0
    this.find(".clear").hidden = !turns.length
    this.find(".send").hidden = running
    this.find(".stop").hidden = !running
  }

  /** @param {Turn} turn */
  view(turn) {
    const view = this.views.get(turn) ?? this.made(turn)
    this.views.set(turn, view)
    return view
  }

  /** @param {Turn} turn */
  made(turn) {
    const node = /** @type {HTMLElement} */ (this.template.cloneNode(true))
    return new TurnView(node, turn, this.conversation, this)
  }

  /**
   * Go to a search, within the app: what was asked is there still on the way back.
   * @param {SearchParams} params
   */
  open(params) {
    this.trigger("open", params)
  }

  /**
   * @param {number} number
   * @param {Turn} turn
   */
  look(number, turn) {
    const numbers = [...new Set([...turn.numbers, number])].toSorted((one, other) => one - other)
    const pictures = numbers.map(one => /** @type {Shown} */ (this.conversation.pictures.get(one)))
    this.picture.open(pictures, number, this.data.routes)
  }
}
