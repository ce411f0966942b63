// The URLs of the app's own routes: what is added to their path goes before their parameters, which say the collection.

/**
 * @param {string} route
 * @param {...string} names Below it.
 */
export function below(route, ...names) {
  const [path, query] = split(route)
  return [path, ...names.map(encodeURIComponent)].join("/") + (query && `?${query}`)
}

/**
 * @param {string} route
 * @param {string} name
 * @param {string} value
 */
export function withParameter(route, name, value) {
  const [path, query] = split(route)
  return `${path}?${query && `${query}&`}${name}=${encodeURIComponent(value)}`
}

const COLLECTION = "collection"

/** The collection that the page is about, as its URL names it. */
export function collection() {
  return new URLSearchParams(location.search).get(COLLECTION) ?? ""
}

/**
 * The URL of a page, for a collection.
 * @param {string} url
 * @param {string} name Of the collection; "" for the first, which none need name.
 */
export function ofCollection(url, name) {
  const address = new URL(url, document.baseURI)
  if (name) address.searchParams.set(COLLECTION, name)
  else address.searchParams.delete(COLLECTION)
  return address.href
}

/** @param {string} route */
function split(route) {
  const at = route.indexOf("?")
  return at < 0 ? [route, ""] : [route.slice(0, at), route.slice(at + 1)]
}
