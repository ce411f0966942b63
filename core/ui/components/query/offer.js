// What may have been meant: another way to say it that the model understands, or the picture whose path or URL was
// typed. Offered, not done.

import { finder } from "../shared/base.js"

/** @import { Pasted, QueryData } from "./types.d.ts" */

export class Offer {
  offer = "" // what is offered now
  dismissed = ""
  /** @type {Pasted | null} */
  pasted = null

  /**
   * @param {HTMLElement} root
   * @param {{
   *   accept: (text: string) => void, located: (location: string) => void, dismissed: () => void,
   * }} handlers
   */
  constructor(root, { accept, located, dismissed }) {
    this.root = root
    this.find = finder(root)
    this.find(".accept").onclick = () => (this.pasted ? located(this.pasted.location) : accept(this.offer))
    this.find(".dismiss").onclick = () => {
      this.dismissed = this.offer
      root.hidden = true
      dismissed()
    }
  }

  /** @param {Pick<QueryData, "text" | "offer" | "pasted">} data */
  paint({ text, offer, pasted }) {
    this.pasted = pasted
    this.offer = pasted?.location ?? offer ?? ""
    const shown = Boolean(this.offer) && this.offer !== this.dismissed
    const words = shown ? (pasted ? pastedWords(pasted) : offerWords(text, this.offer)) : ""
    this.root.hidden = !shown
    this.find(".accept").hidden = Boolean(pasted?.refusal)
    this.find(".accept").textContent = pasted ? "Search with this picture" : "Search that way"
    if (this.find("p").textContent !== words) this.find("p").textContent = words // it is read out when it changes
  }
}

/** @param {Pasted} pasted */
export function pastedWords({ location, refusal }) {
  if (refusal) return `This was searched for as words. ${refusal}`
  return `This is the ${/^[a-z][a-z0-9+.-]+:\/\//i.test(location) ? "URL" : "path"} of a picture. It was searched for as words.`
}

/**
 * The words that the offer does without are those that the model reads as if they were not there.
 * @param {string} text
 * @param {string} offer
 */
export function offerWords(text, offer) {
  const kept = new Set(offer.toLowerCase().split(/\s+/))
  const lost = text.split(/\s+/).filter(word => !kept.has(word.toLowerCase())).join(" ")
  const [towards, ...away] = offer.split(/\s+−\s+/)
  const instead = away.length ? `${towards}, away from ${away.join(" and ")},` : offer.replace(/^−\s+/, "what is least like ")
  return `The model does not understand ${lost ? `“${lost}”` : "negation"}. Search for ${instead} instead?`
}
