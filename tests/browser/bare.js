// What Streamlit's front end does with a component, and with the few other elements on its page; see bare.py.

const session = crypto.randomUUID()
const shown = { main: new Map(), sidebar: new Map() } // what stands there, by what it is
const places = { main: document.querySelector("main"), sidebar: document.querySelector("aside") }
let running = Promise.resolve()

// One run after the other. What the script makes of the URL is a step of the history, as on Streamlit.
function run(...answers) {
  running = running.then(async () => {
    const body = JSON.stringify({ session, query: location.search, answers })
    const answer = await fetch("run", { method: "POST", body })
    if (!answer.ok) throw new Error(await answer.text())
    const { query, main, sidebar } = await answer.json()
    if (query !== null) history.pushState({}, "", `?${query}`)
    show("main", main)
    show("sidebar", sidebar)
  })
}

function show(place, elements) {
  const before = shown[place]
  const now = new Map()
  for (const [at, element] of elements.entries()) {
    const key = element.id || `${element.kind} ${at}`
    now.set(key, before.get(key) ?? new (element.kind === "component" ? Component : Plain)(element))
    now.get(key).show(element)
  }
  for (const [key, gone] of before) if (!now.has(key)) gone.remove()
  const nodes = [...now.values()].map(({ node }) => node)
  if (nodes.some((node, at) => places[place].children[at] !== node)) places[place].append(...nodes)
  shown[place] = now
}

class Component {
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

  // Called again for new data only.
  async show({ id, name, data }) {
    if (this.data === data) return
    this.data = data
    const setTriggerValue = (event, value) => run({ id, event, value })
    const { default: mount } = await this.module
    this.close = mount({ name, key: id, data: JSON.parse(data), parentElement: this.parentElement, setTriggerValue })
  }

  remove() {
    this.node.remove()
    this.close?.()
  }
}

class Plain {
  constructor({ kind, id }) {
    this.node = made({ button: "button", text_input: "label", code: "pre" }[kind] ?? "div")
    if (kind === "code") this.node.dataset.testid = "stCode"
    if (kind === "button") this.node.onclick = () => run({ id })
    this.text = made("span")
    this.node.append(this.text)
    if (kind === "text_input") this.node.append(made("input"))
  }

  show({ text }) {
    if (this.text.textContent !== text) this.text.textContent = text
  }

  remove() {
    this.node.remove()
  }
}

function made(tag, properties = {}) {
  return Object.assign(document.createElement(tag), properties)
}

addEventListener("popstate", () => run())
run()
