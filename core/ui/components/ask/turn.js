// One question as it is shown: what was looked for, the answer, and the pictures under their numbers.

import { arrange, element, finder, parts } from "../shared/base.js"
import { searchLink } from "../shared/links.js"
import { below } from "../shared/routes.js"
import { cost, pieces, sentHead, told } from "./words.js"

/** @import { SearchParams } from "../shared/types.d.ts" */
/** @import { Looked, Piece, Shown } from "./types.d.ts" */
/** @import { Conversation, Turn } from "./conversation.js" */

export class TurnView {
  /** @type {Map<number, HTMLElement>} */
  tiles = new Map()
  lookedShown = 0
  sentShown = 0
  answerShown = ""

  /**
   * @param {HTMLElement} node A copy of the template.
   * @param {Turn} turn
   * @param {Conversation} conversation
   * @param {{ look: (number: number, turn: Turn) => void, open: (params: SearchParams) => void }} acts
   */
  constructor(node, turn, conversation, acts) {
    this.node = node
    this.turn = turn
    this.conversation = conversation
    this.acts = acts
    this.find = finder(node)
    this.find(".question").textContent = turn.question
    node.onclick = event => {
      const number = cited(event)
      if (number !== null) acts.look(number, turn)
    }
    for (const on of ["pointerover", "focusin"]) node.addEventListener(on, event => this.light(cited(event)))
    for (const off of ["pointerout", "focusout"]) node.addEventListener(off, () => this.light(null))
  }

  paint() {
    const { turn, find } = this
    this.node.classList.toggle("running", turn.running)
    this.paintLooked()
    this.paintAnswer()
    find(".notes").textContent = turn.notes.join(" ")
    find(".notes").hidden = !turn.notes.length
    find(".trouble").textContent = turn.trouble
    find(".trouble").hidden = !turn.trouble
    find(".waiting").hidden = !turn.running || Boolean(turn.answer)
    find(".waiting-words").textContent = turn.looked.length ? "Reading what was found…" : "Waiting for the model…"
    this.paintTiles()
    this.paintReceipt()
  }

  paintLooked() {
    const list = this.find(".looked")
    for (const one of this.turn.looked.slice(this.lookedShown)) list.append(line(one, params => this.acts.open(params)))
    this.lookedShown = this.turn.looked.length
    list.hidden = !this.lookedShown
  }

  paintAnswer() {
    const { answer } = this.turn
    const known = this.conversation.pictures
    const state = `${answer} ${known.size}`
    if (state === this.answerShown) return
    this.answerShown = state
    this.find(".answer").hidden = !answer
    this.find(".answer").replaceChildren(...pieces(answer.trim(), known).flatMap(written))
  }

  paintTiles() {
    const { turn, conversation } = this
    const cites = new Set(parts(this.find(".answer"), ".citation").map(({ dataset }) => Number(dataset.number)))
    const numbers = [...new Set([...turn.numbers, ...cites])].toSorted((one, other) => one - other)
    const shown = numbers.map(number => /** @type {Shown} */ (conversation.pictures.get(number)))
    const decided = turn.done !== null && cites.size > 0
    arrange(this.find(".handed"), shown.map(one => this.tile(one, decided ? !cites.has(one.number) : one.band === "none")))
    this.find(".handed").hidden = !numbers.length
  }

  /**
   * @param {Shown} picture
   * @param {boolean} isQuiet Whether the answer is about others, or it does not match.
   */
  tile(picture, isQuiet) {
    const { number, content_hash: hash, name } = picture
    const tile = this.tiles.get(number) ?? made(number)
    this.tiles.set(number, tile)
    tile.classList.toggle("quiet-tile", isQuiet)
    const [button, image] = [tile.children[0], tile.querySelector("img")]
    button.setAttribute("aria-label", `Picture ${number}${name ? `, ${name}` : ""}`)
    if (image && hash && !image.src) image.src = below(this.conversation.routes.thumbnails, hash)
    return tile
  }

  paintReceipt() {
    const { done, sent } = this.turn
    const receipt = this.find(".receipt")
    receipt.hidden = !sent.length || this.turn.running
    if (receipt.hidden) return
    this.find(".receipt summary").textContent = done ? cost(done) : "What was sent"
    const list = this.find(".messages")
    for (const one of sent.slice(this.sentShown)) {
      const item = element("li")
      item.append(element("b", {}, sentHead(one)), element("pre", { tabindex: 0 }, one.text))
      list.append(item)
    }
    this.sentShown = sent.length
  }

  /** @param {number | null} number */
  light(number) {
    for (const [own, tile] of this.tiles) tile.classList.toggle("lit", own === number)
    for (const one of parts(this.find(".answer"), ".citation")) one.classList.toggle("lit", Number(one.dataset.number) === number)
  }
}

/**
 * The number of what an event happened on.
 * @param {Event} event
 */
function cited({ target }) {
  const found = target instanceof Element ? target.closest("[data-number]") : null
  return found instanceof HTMLElement ? Number(found.dataset.number) : null
}

/**
 * @param {Piece} piece
 * @returns {(string | Node)[]}
 */
function written(piece) {
  return "text" in piece ? [piece.text] : piece.numbers.map(citation)
}

/** @param {number} number */
function citation(number) {
  return element("button", { class: "citation", type: "button", "data-number": number, "aria-label": `Picture ${number}` }, String(number))
}

/** @param {number} number */
function made(number) {
  const tile = element("li", { class: "numbered", "data-number": number })
  const button = element("button", { type: "button" })
  const image = element("img", { alt: "", decoding: "async", draggable: "false" })
  image.onerror = () => tile.classList.add("broken")
  button.append(image, element("span", { class: "number", "aria-hidden": "true" }, String(number)))
  tile.append(button)
  return tile
}

/**
 * @param {Looked} looked
 * @param {(params: SearchParams) => void} open
 */
function line(looked, open) {
  const { did, about, params } = told(looked)
  const item = element("li", looked.no_match ? { class: "no-match" } : {})
  item.append(did)
  if (about) item.append(" ", params ? searchLink(params, open, {}, about) : element("b", {}, about))
  if (looked.verdict) item.append(element("span", { class: "verdict" }, looked.verdict))
  return item
}
