// A part of the panel that the server is asked for. Room is kept for the answer, so that nothing below it moves.

import { element } from "../../shared/base.js"
import { ask, Latest, stopped } from "../../shared/requests.js"

const SETTLED = 200 // milliseconds on a picture before anything is asked about it
const REMEMBERED = 300 // answers

export class Asked {
  element
  room
  paint
  answers = new Map()
  latest = new Latest()

  // `paint` gives the elements for an answer; `room` those that stand there before.
  constructor(element, { paint, room }) {
    Object.assign(this, { element, paint, room })
    this.box = element.lastElementChild
  }

  show(url, body) {
    this.stop()
    this.element.hidden = !url
    if (!url) return
    const question = JSON.stringify(body)
    if (this.answers.has(question)) return this.fill(this.answers.get(question))
    this.box.replaceChildren(...this.room())
    this.soon = setTimeout(() => this.ask(url, body, question), SETTLED)
  }

  async ask(url, body, question) {
    try {
      const answer = await ask(url, body, this.latest.begin())
      if (this.answers.size >= REMEMBERED) this.answers.clear()
      this.answers.set(question, answer)
      this.fill(answer)
    } catch (error) {
      if (!stopped(error)) this.fail(error.message, () => this.ask(url, body, question))
    }
  }

  fail(message, tryAgain) {
    const said = element("li", { class: "trouble" }, `${message} `)
    const button = element("button", { type: "button", class: "quiet-button" }, "Try again")
    button.onclick = tryAgain
    said.append(button)
    this.box.replaceChildren(said)
  }

  fill(answer) {
    const found = this.paint(answer)
    this.box.replaceChildren(...(found.length ? found : [element("li", { class: "quiet" }, "Nothing to show.")]))
  }

  stop() {
    clearTimeout(this.soon)
    this.latest.stop()
  }
}
