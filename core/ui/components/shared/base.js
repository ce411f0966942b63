// What every component is made with.

/** @import { Find, Mounted, Trigger, View } from "./types.d.ts" */

/**
 * A component: what Streamlit calls when it is mounted, and again with new data on the same elements. There is one view
 * for each; `build` makes it of the element that the selector finds, and of the first data.
 * @template Data
 * @param {string} selector
 * @param {(root: HTMLElement, data: Data, trigger: Trigger) => View<Data>} build
 */
export function mounting(selector, build) {
  /** @type {WeakMap<HTMLElement, View<Data>>} */
  const views = new WeakMap()
  return (/** @type {Mounted<Data>} */ { data: [data], parentElement, setTriggerValue }) => {
    const root = part(parentElement, selector)
    const view = views.get(root) ?? build(root, data, setTriggerValue)
    views.set(root, view)
    view.trigger = setTriggerValue
    root.classList.add("ready") // what is not filled yet would only move when it is
    view.show(data)
    return () => {
      views.delete(root)
      view.close?.()
    }
  }
}

/**
 * An element that the markup has: without it, or with one of another kind, nothing can go on.
 * @template {Element} [Kind=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => Kind} [kind]
 * @returns {Kind}
 */
export function part(root, selector, kind) {
  const found = root.querySelector(selector)
  if (found instanceof (kind ?? HTMLElement)) return /** @type {Kind} */ (found)
  throw new TypeError(`The markup has no ${selector} of the kind that is needed.`)
}

/**
 * @param {ParentNode} root
 * @returns {Find}
 */
export function finder(root) {
  return (selector, kind) => part(root, selector, kind)
}

/**
 * All that the markup has of one kind.
 * @template {Element} [Kind=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => Kind} [kind]
 * @returns {Kind[]}
 */
export function parts(root, selector, kind) {
  const isKind = (/** @type {Element} */ found) => found instanceof (kind ?? HTMLElement)
  return /** @type {Kind[]} */ ([...root.querySelectorAll(selector)].filter(isKind))
}

/**
 * The element that an event happened in, or the nearest around it.
 * @param {{ target: EventTarget | null }} event
 * @param {string} selector
 */
export function closest({ target }, selector) {
  const found = target instanceof Element ? target.closest(selector) : null
  return found instanceof HTMLElement ? found : null
}

/**
 * Whether an event happened in just such an element.
 * @param {{ target: EventTarget | null }} event
 * @param {string} selector
 */
export function happenedOn({ target }, selector) {
  return target instanceof Element && target.matches(selector)
}

/**
 * What has the focus, in the document or the shadow root that a node is in.
 * @param {Node} node
 */
export function focusedBeside(node) {
  const root = node.getRootNode()
  const focused = root instanceof Document || root instanceof ShadowRoot ? root.activeElement : null
  return focused instanceof HTMLElement ? focused : null
}

/**
 * File names are never put into markup: they are not ours to trust.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean>} [attributes]
 */
export function element(tag, attributes = {}, text = "") {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value))
  made.textContent = text
  return made
}

export const IMAGE_DRAG = "application/x-image-search-picture"

/**
 * Put `wanted` in order under `parent`, moving only what is out of place: focus and loaded images survive.
 * @param {Element} parent
 * @param {Element[]} wanted
 */
export function arrange(parent, wanted) {
  const keep = new Set(wanted)
  for (const child of [...parent.children]) if (!keep.has(child)) child.remove()
  let place = parent.firstElementChild
  for (const child of wanted) {
    if (child === place) place = place.nextElementSibling
    else parent.insertBefore(child, place)
  }
}

/**
 * What this browser keeps for the visitor. It may refuse to: then it is forgotten with the page.
 * @param {string} name
 * @returns {unknown} Whatever is there: other versions of the app have been here, too.
 */
export function remembered(name) {
  try {
    return JSON.parse(localStorage.getItem(`image-search-${name}`) ?? "null")
  } catch {
    return null
  }
}

/**
 * @param {string} name
 * @param {unknown} value
 */
export function remember(name, value) {
  try {
    localStorage.setItem(`image-search-${name}`, JSON.stringify(value))
  } catch {
    // full, or not allowed
  }
}
