// A part of the panel that the server is asked for. Room is kept for the answer, so that nothing below it moves.

import { element } from "../../shared/base.js"
import { ask, Latest, sentence, stopped } from "../../shared/requests.js"

const SETTLED = 200 // milliseconds on a picture before anything is asked about it
const REMEMBERED = 300 // answers

/** @template Answer */
export class LazySection {
  /** @type {Map<string, Answer>} */
  answers = new Map() // by question
  latest = new Latest()
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  soon

  /**
   * @param {HTMLElement} element Its last child is filled.
   * @param {{ paint: (answer: Answer) => HTMLElement[], room: () => HTMLElement[] }} options `paint` gives the elements
   *   for an answer; `room` those that stand there before.
   */
  constructor(element, { paint, room }) {
    this.element = element
    this.paint = paint
    this.room = room
  }

  /**
   * @param {string | undefined} url Without it there is nothing to ask.
   * @param {unknown} body
   */
  show(url, body) {
    this.stop()
    this.element.hidden = !url
    if (!url) return
    const question = JSON.stringify(body)
    const answer = this.answers.get(question)
    if (answer) return this.fill(answer)
    this.replace(this.room())
    this.soon = setTimeout(() => this.ask(url, body, question), SETTLED)
  }

  /**
   * @param {string} url
   * @param {unknown} body
   * @param {string} question
   */
  async ask(url, body, question) {
    try {
      /** @type {Answer} */
      const answer = await ask(url, body, this.latest.begin())
      if (this.answers.size >= REMEMBERED) this.answers.clear()
      this.answers.set(question, answer)
      this.fill(answer)
    } catch (error) {
      if (!stopped(error)) this.fail(sentence(error), () => this.ask(url, body, question))
    }
  }

  /**
   * @param {string} message
   * @param {() => void} tryAgain
   */
  fail(message, tryAgain) {
    const said = element("li", { class: "trouble" }, `${message} `)
    const button = element("button", { type: "button", class: "quiet-button" }, "Try again")
    button.onclick = tryAgain
    said.append(button)
    this.replace([said])
  }

  /** @param {Answer} answer */
  fill(answer) {
    const found = this.paint(answer)
    this.replace(found.length ? found : [element("li", { class: "quiet" }, "Nothing to show.")])
  }

  /** @param {HTMLElement[]} shown */
  replace(shown) {
    this.element.lastElementChild?.replaceChildren(...shown)
  }

  stop() {
    clearTimeout(this.soon)
    this.latest.stop()
  }
}
