// The icons that the gallery's markup begins with.

/** @param {string} name */
export function glyph(name) {
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  drawn.setAttribute("aria-hidden", "true")
  const symbol = document.createElementNS("http://www.w3.org/2000/svg", "use")
  symbol.setAttribute("href", `#i-${name}`)
  drawn.append(symbol)
  return drawn
}
