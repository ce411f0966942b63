// What every component is made with.

// A component: what Streamlit calls when it is mounted, and again with new data on the same elements. There is one view
// for each; `build` makes it of the element that the selector finds.
export function mounting(selector, build) {
  const views = new WeakMap()
  return ({ data: [data], parentElement, setTriggerValue }) => {
    const root = parentElement.querySelector(selector)
    if (!views.has(root)) views.set(root, build(root))
    const view = views.get(root)
    view.trigger = setTriggerValue
    root.classList.add("ready") // what is not filled yet would only move when it is
    view.show(data)
    return () => {
      views.delete(root)
      view.close?.()
    }
  }
}

// File names are never put into markup: they are not ours to trust.
export function element(tag, attributes = {}, text = "") {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.textContent = text
  return made
}

export const PICTURE_DRAG = "application/x-image-search-picture"

// Put `wanted` in order under `parent`, moving only what is out of place: focus and loaded pictures survive.
export function arrange(parent, wanted) {
  const keep = new Set(wanted)
  for (const child of [...parent.children]) if (!keep.has(child)) child.remove()
  let place = parent.firstElementChild
  for (const child of wanted) {
    if (child === place) place = place.nextElementSibling
    else parent.insertBefore(child, place)
  }
}

// What this browser keeps for the visitor. It may refuse to: then it is forgotten with the page.
export function remembered(name) {
  try {
    return JSON.parse(localStorage.getItem(`image-search-${name}`) ?? "null")
  } catch {
    return null
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(`image-search-${name}`, JSON.stringify(value))
  } catch {
    // full, or not allowed
  }
}
