// The folders of the results as a tree. A folder counts what is below it. The part of their paths that all have in
// common is left out, and a folder that holds nothing but one other is shown together with it: `holidays/2024`.

import { acted, stateIn } from "./choices.js"
import { Listed } from "./groups.js"

const byName = new Intl.Collator("en", { numeric: true })
const NAMED = "name of a folder " // no path begins so

export class Folders extends Listed {
  counts = new Map() // by path, of the folders that pictures lie in; 0 where the filter left none
  branches = new Map() // by path, which were opened or closed
  roots = new Set()

  get part() {
    return this.panel.where.folders
  }

  // Folders by their names, wherever they are: typed, not chosen here.
  get names() {
    return this.panel.where.values.folder
  }

  get pinned() {
    return [...this.part.chosen, ...this.part.excluded]
  }

  get active() {
    return this.pinned.length + this.names.chosen.length + this.names.excluded.length
  }

  get present() {
    return this.counts.size > 0 || this.active > 0
  }

  show(groups, fresh, roots) {
    const known = fresh ? [] : [...this.counts.keys()].map(folder => [folder, 0])
    this.counts = new Map([...known, ...(groups.folder ?? [])])
    this.roots = new Set(roots)
  }

  act(action, value) {
    const named = value.startsWith(NAMED)
    const part = named ? this.names : this.part
    const subject = named ? value.slice(NAMED.length) : value
    Object.assign(part, acted(part, action, subject, !named)) // a picture lies in one folder
    const state = stateIn(part, subject)
    this.change(`${subject} ${{ in: "chosen", out: "excluded" }[state] ?? "no longer chosen"}`)
  }

  clear() {
    for (const part of [this.part, this.names]) Object.assign(part, { chosen: [], excluded: [] })
  }

  branch(folder, open) {
    this.branches.set(folder, open)
    this.paint()
  }

  draw() {
    super.draw()
    const names = [...this.names.chosen, ...this.names.excluded].map(name => ({
      value: NAMED + name,
      name,
      title: `Any folder called ${name}`,
      count: null,
      state: stateIn(this.names, name),
      level: 0,
    }))
    const { tops, base } = this.grow()
    this.list([...names, ...this.entries(tops, base, base, 0)], this.counts.size)
  }

  grow() {
    const nodes = new Map()
    /** @type {[string, number][]} */
    const pinned = this.pinned.map(folder => [folder, 0])
    const counts = new Map([...pinned, ...this.counts])
    for (const [folder, count] of counts) {
      /** @type {any} */
      let parent = { children: [] }
      for (const path of ancestors(folder)) {
        if (!nodes.has(path)) parent.children.push(nodes.set(path, { path, count: 0, children: [] }).get(path))
        parent = nodes.get(path)
        parent.count += count
      }
      parent.own = true
    }
    const tops = [...nodes.values()].filter(({ path }) => ancestors(path).length === 1)
    return this.withoutCommon(tops)
  }

  withoutCommon(tops, base = "") {
    const [top] = tops
    if (tops.length !== 1 || this.roots.has(base) || top.own || !top.children.length) return { tops, base }
    return this.withoutCommon(top.children, top.path)
  }

  entries(nodes, base, parent, level) {
    const shown = nodes.map(node => this.joined(node))
    shown.sort((one, other) => byName.compare(one.path, other.path))
    return shown.flatMap(({ path, count, children }) => {
      const holds = this.pinned.some(folder => folder !== path && ancestors(folder).includes(path))
      const open = children.length ? (this.branches.get(path) ?? holds) : undefined
      const entry = { value: path, title: path, count, state: stateIn(this.part, path) }
      if (this.sought) return [{ ...entry, name: nameWithin(path, base), level: 0 }, ...this.entries(children, base, path, 0)]
      return [{ ...entry, name: nameWithin(path, parent), level, open }, ...(open ? this.entries(children, base, path, level + 1) : [])]
    })
  }

  joined(node) {
    const ends = node.own || node.children.length !== 1 || this.roots.has(node.path)
    return ends ? node : this.joined(node.children[0])
  }
}

// A folder and those it lies in, from the root or the host down.
export function ancestors(folder) {
  const scheme = folder.indexOf("://")
  const start = scheme < 0 ? 0 : folder.indexOf("/", scheme + 3)
  if (start < 0 || folder === "/") return [folder]
  const found = [folder.slice(0, start) || "/"]
  for (let at = folder.indexOf("/", start + 1); at > 0; at = folder.indexOf("/", at + 1)) found.push(folder.slice(0, at))
  return [...found, folder]
}

export function nameWithin(path, base) {
  return path.startsWith(base) ? path.slice(base.length).replace(/^\//, "") || path : path
}
