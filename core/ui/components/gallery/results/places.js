// The places on pages of results that this tab keeps, by the searches.

/**
 * How many results were loaded, which stood at the top and how far from it, and how far the page was scrolled; in pixels.
 * @typedef {{ loaded: number, id?: string, offset?: number, scrolled: number }} PlaceOnPage
 */

const PLACES = "image-search-places"
const MAX_PLACES = 40

/** @returns {Map<string, PlaceOnPage>} */
export function places() {
  try {
    const kept = Object.entries(JSON.parse(sessionStorage.getItem(PLACES) ?? "{}") ?? {})
    return new Map(kept.flatMap(([name, place]) => (isPlace(place) ? [[name, place]] : [])))
  } catch {
    return new Map()
  }
}

/**
 * The newest last; of no place there is nothing to keep.
 * @param {string} name
 * @param {PlaceOnPage | null} place
 */
export function keepPlaces(name, place) {
  const kept = places()
  kept.delete(name)
  if (place) kept.set(name, place)
  try {
    sessionStorage.setItem(PLACES, JSON.stringify(Object.fromEntries([...kept].slice(-MAX_PLACES))))
  } catch {
    // full, or not allowed
  }
}

/**
 * @param {unknown} kept
 * @returns {kept is PlaceOnPage}
 */
function isPlace(kept) {
  if (typeof kept !== "object" || kept === null || !("loaded" in kept) || !("scrolled" in kept)) return false
  return typeof kept.loaded === "number" && typeof kept.scrolled === "number"
}
