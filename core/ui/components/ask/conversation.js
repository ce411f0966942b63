// Questions and answers, as they come: what the page shows of them stays while other pages of the app are shown.

import { ask, askForLines, sentence, stopped } from "../shared/requests.js"

/** @import { AskRoutes, Chosen, Done, Line, Looked, Sent, Shown } from "./types.d.ts" */
/** @import { Item } from "../gallery/types.d.ts" */

const KEPT_TURNS = 20 // that the route takes

export class Turn {
  answer = ""
  /** @type {Looked[]} */
  looked = []
  /** @type {string[]} */
  notes = []
  trouble = ""
  /** @type {Sent[]} */
  sent = []
  /** @type {Done | null} */
  done = null
  running = true
  /** Of pictures that were handed over for this question. @type {Set<number>} */
  numbers = new Set()

  /** @param {string} question */
  constructor(question) {
    this.question = question
  }
}

export class Conversation {
  /** @type {Turn[]} */
  turns = []
  /** All that have a number. @type {Map<number, Shown>} */
  pictures = new Map()
  /** @type {AbortController | null} */
  stopping = null

  /**
   * @param {AskRoutes} routes
   * @param {(turn: Turn) => void} changed
   */
  constructor(routes, changed) {
    this.routes = routes
    this.changed = changed
  }

  get running() {
    return this.stopping !== null
  }

  /**
   * @param {string} question
   * @param {Chosen} chosen
   */
  async ask(question, chosen) {
    const before = this.turns.slice(-KEPT_TURNS).map(({ question, answer }) => ({ question, answer }))
    const pictures = [...this.pictures.values()].map(({ number, id }) => ({ number, id }))
    const turn = new Turn(question)
    this.turns.push(turn)
    this.stopping = new AbortController()
    this.changed(turn)
    try {
      const body = { question, turns: before, pictures, ...chosen }
      for await (const line of askForLines(this.routes.ask, body, this.stopping.signal)) this.take(turn, /** @type {Line} */ (line))
      if (!turn.done) turn.trouble ||= "The answer was cut off. Try again."
    } catch (error) {
      turn.trouble = stopped(error) ? "Stopped." : sentence(error)
    } finally {
      turn.running = false
      this.stopping = null
      this.changed(turn)
    }
  }

  stop() {
    this.stopping?.abort()
  }

  /**
   * @param {Turn} turn
   * @param {Line} line
   */
  take(turn, line) {
    switch (line.kind) {
      case "text":
        turn.answer += line.text
        break
      case "note":
        turn.notes.push(line.text)
        break
      case "looked":
        turn.looked.push(line)
        this.number(turn, line)
        break
      case "sent":
        turn.sent.push(line)
        break
      case "done":
        turn.done = line
        break
      default:
        turn.trouble = [line.error, line.remedy].filter(Boolean).join(" ")
    }
    this.changed(turn)
  }

  /**
   * @param {Turn} turn
   * @param {Looked} looked
   */
  number(turn, { pictures }) {
    const fresh = pictures.filter(({ number }) => !this.pictures.get(number)?.content_hash)
    for (const one of pictures) {
      turn.numbers.add(one.number)
      this.pictures.set(one.number, { ...this.pictures.get(one.number), ...one })
    }
    if (fresh.length) this.complete(turn, fresh.map(({ id }) => id))
  }

  /**
   * What the page shows of pictures the model is not told.
   * @param {Turn} turn
   * @param {string[]} ids
   */
  async complete(turn, ids) {
    const { pictures } = await ask(this.routes.pictures, { ids }).catch(() => ({ pictures: [] }))
    const known = new Map(/** @type {Item[]} */ (pictures).map(one => [one.id, one]))
    for (const [number, one] of this.pictures) {
      const more = known.get(one.id)
      if (more) this.pictures.set(number, { ...more, ...one })
    }
    this.changed(turn)
  }
}
