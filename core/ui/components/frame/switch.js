// The choice of a collection, in the head of every page. It is not drawn where there is none to choose. Another one is
// another page, loaded anew: nothing of one is left over in the other.

import { element } from "../shared/base.js"
import { ofCollection } from "../shared/routes.js"

/** @import { Choice, Switching } from "./types.d.ts" */

const OF_PICTURES = ["image", "more", "less"] // parameters that name pictures, which another collection may not have
const STEPS = new Map([["ArrowDown", 1], ["ArrowUp", -1]])

const ROOM = "--image-search-collections" // its width, which the head of the page keeps free

const STYLE = `
  :host { position: fixed; z-index: 999991; top: 0; right: var(--right, 1rem); height: 3.75rem; display: flex; align-items: center; }
  nav { font: 400 0.875rem var(--font); color: var(--text); }
  button, a {
    border: 1px solid transparent; border-radius: 0.5rem; color: inherit; background: none; font: inherit;
    text-align: left; text-decoration: none; cursor: pointer;
  }
  button {
    display: flex; align-items: center; gap: 0.375rem; max-width: min(16rem, 44vw); min-height: 2rem; padding: 0.25rem 0.625rem;
    border-color: var(--line);
  }
  .shown, .title, .about { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  svg { flex: none; width: 0.75rem; height: 0.75rem; fill: none; stroke: currentColor; stroke-width: 2; }
  button:hover, a:hover { background: var(--hover); }
  :is(button, a):focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
  ul {
    position: fixed; inset: 3.25rem var(--right, 1rem) auto auto; margin: 0; padding: 0.25rem; width: max-content;
    min-width: 12rem; max-width: min(22rem, calc(100vw - 2rem)); max-height: calc(100dvh - 5rem); overflow-y: auto; list-style: none;
    border: 1px solid var(--line); border-radius: 0.5rem; color: var(--text); background: var(--background);
    box-shadow: 0 4px 16px rgb(0 0 0 / 0.16);
  }
  a { display: grid; grid-template-columns: 1.25rem 1fr; align-items: center; align-content: center; min-height: 2.25rem; padding: 0.25rem 0.5rem; }
  a::before { content: ""; grid-row: 1; }
  a[aria-current]::before { content: "✓"; color: var(--accent); font-weight: 600; }
  .about { grid-column: 2; color: var(--faded); font-size: 0.75rem; }
  .apart { margin-top: 0.25rem; padding-top: 0.25rem; border-top: 1px solid var(--line); }
  @media (max-width: 640px) { /* beside the logo and the button of the drawer */
    :host { --right: 0.75rem; }
    button { max-width: calc(100vw - 15.5rem); }
  }
  @media (pointer: coarse) { a, button { min-height: 2.75rem; } }
`

export class Switch {
  /** @param {HTMLElement} root Of the component, whose colours are the page's. */
  constructor(root) {
    this.root = root
    this.host = element("div", { class: "image-search-collections" })
    this.button = element("button", { type: "button", "aria-haspopup": "true", "aria-expanded": "false", popovertarget: "list" })
    this.list = element("ul", { id: "list", popover: "auto" })
    this.nav = element("nav", { "aria-label": "Collection" })
    this.nav.append(this.button, this.list)
    this.host.attachShadow({ mode: "open" }).append(element("style", {}, STYLE), this.nav)
    this.list.addEventListener("beforetoggle", event => /** @type {ToggleEvent} */ (event).newState === "open" && this.fill())
    this.list.addEventListener("toggle", event => this.toggled(/** @type {ToggleEvent} */ (event).newState === "open"))
    this.nav.addEventListener("keydown", event => this.step(event))
  }

  close() {
    this.host.remove()
    document.documentElement.style.removeProperty(ROOM)
  }

  /** @param {Switching | null} switching */
  show(switching) {
    this.close()
    if (!switching) return
    this.paintColours()
    this.switching = switching
    const { shown } = switching
    const words = element("span", { class: "shown" }, shown)
    this.button.setAttribute("aria-label", `Collection: ${shown}`)
    this.button.title = shown
    this.button.replaceChildren(words, chevron())
    document.body.append(this.host)
    document.documentElement.style.setProperty(ROOM, `${Math.ceil(this.host.getBoundingClientRect().width)}px`)
  }

  paintColours() {
    const style = getComputedStyle(this.root)
    const colours = { accent: "primary-color", font: "font", text: "text-color", background: "background-color", line: "border-color", faded: "gray-text-color", hover: "secondary-background-color" }
    for (const [name, from] of Object.entries(colours)) {
      this.host.style.setProperty(`--${name}`, style.getPropertyValue(`--st-${from}`))
    }
  }

  /** The rows, and which of them has the focus when they are shown: all before that, for keys may follow at once. */
  fill() {
    if (!this.switching) return
    const { choices, manage } = this.switching
    this.list.replaceChildren(...choices.map(choice => row(choice, addressOf(choice.name))))
    if (manage.url) this.list.append(row(manage, manage.url, "apart"))
    const first = this.links.find(link => link.hasAttribute("aria-current")) ?? this.links[0]
    first?.setAttribute("autofocus", "")
  }

  /** @param {boolean} isOpen */
  toggled(isOpen) {
    this.button.setAttribute("aria-expanded", String(isOpen))
    if (!isOpen && !document.activeElement?.matches(":not(body, .image-search-collections)")) this.button.focus()
  }

  get links() {
    return [...this.list.querySelectorAll("a")]
  }

  /** @param {KeyboardEvent} event */
  step(event) {
    const by = STEPS.get(event.key)
    event.stopPropagation() // Streamlit listens for single letters
    if (!by) return
    event.preventDefault()
    if (!this.list.matches(":popover-open")) return this.list.showPopover()
    const links = this.links
    const at = links.findIndex(link => link.matches(":focus"))
    links[(at + by + links.length) % links.length]?.focus()
  }
}

/**
 * The page as it is, for another collection: words and conditions stay, pictures go.
 * @param {string} name
 */
function addressOf(name) {
  const address = new URL(ofCollection(location.href, name))
  for (const parameter of OF_PICTURES) address.searchParams.delete(parameter)
  return address.href
}

/**
 * @param {Pick<Choice, "title" | "about" | "current">} choice
 * @param {string} href
 */
function row({ title, about, current }, href, kind = "") {
  const item = element("li", { class: kind })
  const link = element("a", { href })
  link.append(element("span", { class: "title" }, title))
  if (about) link.append(element("span", { class: "about" }, about))
  if (current) link.setAttribute("aria-current", "true")
  item.append(link)
  return item
}

function chevron() {
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  icon.setAttribute("viewBox", "0 0 12 12")
  icon.setAttribute("aria-hidden", "true")
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path")
  path.setAttribute("d", "M2 4l4 4 4-4")
  icon.append(path)
  return icon
}
