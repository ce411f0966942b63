// What Streamlit's front end does with a component, and with the few other elements on its page; see bare.py.

/**
 * @typedef {"main" | "sidebar"} Place
 * @typedef {{ kind: "component", id: string, name: string, data: string, html: string, css: string, js: string }} ComponentElement
 * @typedef {{ kind: string, id?: string, text: string }} PlainElement
 * @typedef {{ id: string, event?: string, value?: unknown }} Answered
 * @typedef {{ query: string | null } & Record<Place, (ComponentElement | PlainElement)[]>} Ran
 */

const session = crypto.randomUUID()
/** @type {Record<Place, Map<string, Component | Plain>>} */
const shown = { main: new Map(), sidebar: new Map() } // what stands there, by what it is
const places = { main: there("main"), sidebar: there("aside") }
const TAGS = /** @type {const} */ ({ button: "button", text_input: "label", code: "pre" })
let running = Promise.resolve()

// One run after the other. What the script makes of the URL is a step of the history, as on Streamlit.
/** @param {Answered[]} answers */
function run(...answers) {
  running = running.then(async () => {
    const body = JSON.stringify({ session, query: location.search, answers })
    const answer = await fetch("run", { method: "POST", body })
    if (!answer.ok) throw new Error(await answer.text())
    const { query, main, sidebar } = /** @type {Ran} */ (await answer.json())
    if (query !== null) history.pushState({}, "", `?${query}`)
    show("main", main)
    show("sidebar", sidebar)
  })
}

/**
 * @param {Place} place
 * @param {(ComponentElement | PlainElement)[]} elements
 */
function show(place, elements) {
  const before = shown[place]
  /** @type {Map<string, Component | Plain>} */
  const now = new Map()
  for (const [at, element] of elements.entries()) {
    const key = element.id || `${element.kind} ${at}`
    now.set(key, shownAs(element, before.get(key)))
  }
  for (const [key, gone] of before) if (!now.has(key)) gone.remove()
  const nodes = [...now.values()].map(({ node }) => node)
  if (nodes.some((node, at) => places[place].children[at] !== node)) places[place].append(...nodes)
  shown[place] = now
}

/**
 * @param {ComponentElement | PlainElement} element
 * @param {Component | Plain | undefined} before
 */
function shownAs(element, before) {
  if ("html" in element) {
    const component = before instanceof Component ? before : new Component(element)
    component.show(element)
    return component
  }
  const plain = before instanceof Plain ? before : new Plain(element)
  plain.show(element)
  return plain
}

class Component {
  /** @type {string | undefined} */
  data
  /** @type {(() => void) | undefined} */
  close

  /** @param {ComponentElement} element */
  constructor({ html, css, js }) {
    this.node = made("div", { className: "stBidiComponent" })
    const [properties, host] = [made("div"), made("div", { style: "width: 100%; height: 100%" })]
    properties.append(host)
    this.node.append(properties)
    this.parentElement = host.attachShadow({ mode: "open" })
    const [content, markup] = [made("div"), made("div")]
    markup.append(document.createRange().createContextualFragment(html))
    content.append(markup, made("style", { textContent: css }))
    this.parentElement.append(content)
    this.module = import(URL.createObjectURL(new Blob([js], { type: "text/javascript" })))
  }

  /**
   * Called again for new data only.
   *
   * @param {ComponentElement} element
   */
  async show({ id, name, data }) {
    if (this.data === data) return
    this.data = data
    const setTriggerValue = (/** @type {string} */ event, /** @type {unknown} */ value) => run({ id, event, value })
    const { default: mount } = await this.module
    this.close = mount({ name, key: id, data: JSON.parse(data), parentElement: this.parentElement, setTriggerValue })
  }

  remove() {
    this.node.remove()
    this.close?.()
  }
}

class Plain {
  /** @param {PlainElement} element */
  constructor({ kind, id }) {
    this.node = made(TAGS[/** @type {keyof typeof TAGS} */ (kind)] ?? "div")
    if (kind === "code") this.node.dataset.testid = "stCode"
    if (kind === "button" && id) this.node.onclick = () => run({ id })
    this.text = made("span")
    this.node.append(this.text)
    if (kind === "text_input") this.node.append(made("input"))
  }

  /** @param {PlainElement} element */
  show({ text }) {
    if (this.text.textContent !== text) this.text.textContent = text
  }

  remove() {
    this.node.remove()
  }
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {object} properties
 */
function made(tag, properties = {}) {
  return Object.assign(document.createElement(tag), properties)
}

/** @param {string} selector */
function there(selector) {
  const found = document.querySelector(selector)
  if (!found) throw new Error(`The page has no ${selector}`)
  return found
}

addEventListener("popstate", () => run())
run()
