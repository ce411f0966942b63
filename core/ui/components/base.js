// Put in front of every component's script: Streamlit loads one script each, without imports.

// A component: what Streamlit calls when it is mounted, and again with new data on the same elements. There is one view
// for each; `build` makes it of the element that the selector finds.
function mounting(selector, build) {
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
function element(tag, attributes = {}, text = "") {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.textContent = text
  return made
}

function plural(count, one, many = `${one}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`
}

function fileSize(bytes) {
  if (bytes < 1000) return plural(bytes, "byte")
  const units = ["kB", "MB", "GB"]
  let size = bytes / 1000
  while (size >= 999.5 && units.length > 1) {
    size /= 1000
    units.shift()
  }
  return `${size < 9.95 ? size.toFixed(1) : Math.round(size)} ${units[0]}`
}

// Limits are set in powers of two, and said as people say them.
function limitSize(bytes) {
  const [gigabytes, megabytes] = [bytes / 2 ** 30, bytes / 2 ** 20]
  if (Number.isInteger(gigabytes)) return `${gigabytes} GB`
  return Number.isInteger(megabytes) ? `${megabytes} MB` : fileSize(bytes)
}

// A value as it is typed after `label:`: core/search/conditions.py reads it.
function quoted(value) {
  return /^~|[\s,"“”„]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}

const PICTURE_DRAG = "application/x-image-search-picture"

// Put `wanted` in order under `parent`, moving only what is out of place: focus and loaded pictures survive.
function arrange(parent, wanted) {
  const keep = new Set(wanted)
  for (const child of [...parent.children]) if (!keep.has(child)) child.remove()
  let place = parent.firstElementChild
  for (const child of wanted) {
    if (child === place) place = place.nextElementSibling
    else parent.insertBefore(child, place)
  }
}

// What this browser keeps for the visitor. It may refuse to: then it is forgotten with the page.
function remembered(name) {
  try {
    return JSON.parse(localStorage.getItem(`image-search-${name}`))
  } catch {
    return null
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(`image-search-${name}`, JSON.stringify(value))
  } catch {} // full, or not allowed
}
