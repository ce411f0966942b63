// Another way to say what was typed, which the model understands: offered, not done.

class Offer {
  constructor(root, { accept, dismissed }) {
    this.root = root
    this.find = selector => root.querySelector(selector)
    this.find(".accept").onclick = () => accept(this.offer)
    this.find(".dismiss").onclick = () => {
      this.dismissed = this.offer
      root.hidden = true
      dismissed()
    }
  }

  paint({ text, offer }) {
    const shown = Boolean(offer) && offer !== this.dismissed
    const words = shown ? offerWords(text, offer) : ""
    this.offer = offer
    this.root.hidden = !shown
    if (this.find("p").textContent !== words) this.find("p").textContent = words // it is read out when it changes
  }
}

// The words that the offer does without are those that the model reads as if they were not there.
function offerWords(text, offer) {
  const kept = new Set(offer.toLowerCase().split(/\s+/))
  const lost = text.split(/\s+/).filter(word => !kept.has(word.toLowerCase())).join(" ")
  const [towards, ...away] = offer.split(/\s+−\s+/)
  const instead = away.length ? `${towards}, away from ${away.join(" and ")},` : offer.replace(/^−\s+/, "what is least like ")
  return `The model does not understand ${lost ? `“${lost}”` : "negation"}. Search for ${instead} instead?`
}
