// What belongs to every page and has no place of its own on it: links that skip to what the keyboard is wanted for, and
// the drawer of a phone, which closes when something was chosen in it; and the choice of a collection.

import { closest, element, mounting, parts } from "../shared/base.js"
import { keepCollection } from "./keeping.js"
import { whenBack } from "./returning.js"
import { Switch } from "./switch.js"

/** @import { Trigger } from "../shared/types.d.ts" */
/** @import { FrameData } from "./types.d.ts" */

export default mounting(".frame", (root, _data, trigger) => new Frame(root, trigger))

const SIDEBAR = "[data-testid=stSidebar]"
const CLOSER = "[data-testid=stSidebarCollapseButton] button"
const PAGE_LINK = "[data-testid=stSidebarNavLink]"
const PAGE_LIST = "[data-testid=stSidebarNavItems]"
const NARROW = matchMedia("(max-width: 768px)") // where Streamlit lays the sidebar over the page

const STYLE = `
  nav { position: fixed; z-index: 1000001; top: 0.5rem; left: 0.5rem; display: flex; gap: 0.5rem; font: 600 0.9375rem var(--font); }
  button {
    position: absolute; padding: 0.625rem 1rem; border: 0; border-radius: 0.5rem;
    color: #fff; background: var(--accent); font: inherit; white-space: nowrap; cursor: pointer;
    clip-path: inset(50%);
  }
  button:focus { position: static; clip-path: none; outline: 2px solid #fff; outline-offset: -4px; }
`

class Frame {
  listening = new AbortController()

  /**
   * @param {HTMLElement} root
   * @param {Trigger} trigger
   */
  constructor(root, trigger) {
    this.root = root
    this.trigger = trigger
    const { signal } = this.listening
    document.addEventListener("image-search:narrowed", () => this.closeDrawer(), { signal })
    document.addEventListener("click", event => closest(event, PAGE_LINK) && this.closeDrawer(), { signal })
    this.host = element("div", { class: "image-search-skip" })
    this.nav = element("nav", { "aria-label": "Skip links" })
    this.host.attachShadow({ mode: "open" }).append(element("style", {}, STYLE), this.nav)
    document.body.prepend(this.host) // before Streamlit's own link, and so the first that Tab comes to
    this.switch = new Switch(root)
    this.watching = new MutationObserver(plainLists)
    this.watching.observe(document.body, { childList: true, subtree: true })
    plainLists()
    this.returning = whenBack(() => this.trigger("returned", true))
    keepCollection()
    this.closeDrawer() // Streamlit remembers one that was left open, and lays it over the page
  }

  close() {
    this.listening.abort()
    this.watching.disconnect()
    this.returning.disconnect()
    this.host.remove()
    this.switch.close()
  }

  /** @param {FrameData} data */
  show({ links, collections }) {
    const style = getComputedStyle(this.root)
    this.nav.style.setProperty("--accent", style.getPropertyValue("--st-primary-color"))
    this.nav.style.setProperty("--font", style.getPropertyValue("--st-font"))
    this.switch.show(collections)
    this.nav.replaceChildren(
      ...links.map(({ name, key, selector }) => {
        const link = element("button", { type: "button" }, name)
        link.onclick = () => inComponent(key, selector)?.focus()
        return link
      }),
    )
  }

  closeDrawer() {
    const [closer] = parts(document, CLOSER)
    if (NARROW.matches && document.querySelector(`${SIDEBAR}[data-collapsed=false]`)) closer?.click()
  }
}

/** With headings the list of pages holds more than list items, which leaves screen readers without any: it is told as links. */
function plainLists() {
  for (const list of document.querySelectorAll(`${PAGE_LIST}:not([role])`)) list.setAttribute("role", "presentation")
  for (const item of document.querySelectorAll(`${PAGE_LIST} li:not([role])`)) item.setAttribute("role", "presentation")
}

/**
 * An element of the component that was mounted with this key; components live in shadow roots.
 * @param {string} key
 * @param {string} selector
 */
function inComponent(key, selector) {
  const hosts = [...document.querySelectorAll(`.st-key-${key} *`)]
  return hosts.flatMap(({ shadowRoot }) => (shadowRoot ? parts(shadowRoot, selector) : []))[0]
}
