// The folders of the results as a tree. A folder counts what is below it. The part of their paths that all have in
// common is left out, and a folder that holds nothing but one other is shown together with it: `holidays/2024`.

import { acted, CHANGED, stateIn } from "./choices.js"
import { Listed } from "./listed.js"

/** @import { Action } from "./choices.js" */
/** @import { Entry, FolderNode, Groups, ListOptions } from "./types.d.ts" */

const byName = new Intl.Collator("en", { numeric: true })
const NAMED = "name of a folder " // no path begins so

/** @extends {Listed<ListOptions<"folder">>} */
export class Folders extends Listed {
  /** @type {Map<string, number>} */
  counts = new Map() // by path, of the folders that pictures lie in; 0 where the filter left none
  /** @type {Map<string, boolean>} */
  branches = new Map() // by path, which were opened or closed
  /** @type {Set<string>} */
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

  /**
   * @param {Groups} groups
   * @param {boolean} fresh
   * @param {string[]} roots
   */
  show(groups, fresh, roots) {
    const known = fresh ? [] : [...this.counts.keys()]
    this.counts = new Map(known.map(folder => [folder, 0]))
    for (const [folder, count] of groups.folder ?? []) this.counts.set(folder, count)
    this.roots = new Set(roots)
  }

  /**
   * @param {Action} action
   * @param {string} value
   */
  act(action, value) {
    const named = value.startsWith(NAMED)
    const part = named ? this.names : this.part
    const subject = named ? value.slice(NAMED.length) : value
    Object.assign(part, acted(part, action, subject, !named)) // a picture lies in one folder
    this.change(`${subject} ${CHANGED[stateIn(part, subject)]}`)
  }

  clear() {
    for (const part of [this.part, this.names]) Object.assign(part, { chosen: [], excluded: [] })
  }

  /**
   * @param {string} folder
   * @param {boolean} open
   */
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
    /** @type {Map<string, FolderNode>} */
    const nodes = new Map()
    /** @type {FolderNode[]} */
    const tops = []
    const counts = new Map(this.pinned.map(folder => [folder, 0]))
    for (const [folder, count] of this.counts) counts.set(folder, count)
    for (const [folder, count] of counts) {
      let siblings = tops
      for (const path of ancestors(folder)) {
        const node = nodes.get(path) ?? { path, count: 0, children: [] }
        if (!nodes.has(path)) siblings.push(node)
        nodes.set(path, node)
        node.count += count
        siblings = node.children
        if (path === folder) node.own = true
      }
    }
    return this.withoutCommon(tops)
  }

  /**
   * @param {FolderNode[]} tops
   * @returns {{ tops: FolderNode[], base: string }}
   */
  withoutCommon(tops, base = "") {
    const [top] = tops
    if (tops.length !== 1 || this.roots.has(base) || top.own || !top.children.length) return { tops, base }
    return this.withoutCommon(top.children, top.path)
  }

  /**
   * @param {FolderNode[]} nodes
   * @param {string} base The folder that all have in common.
   * @param {string} parent The one that they are shown within.
   * @param {number} level
   * @returns {Entry[]}
   */
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

  /**
   * The folder that a row stands for: where nothing lies in it but one other, the innermost of them.
   * @param {FolderNode} node
   * @returns {FolderNode}
   */
  joined(node) {
    const ends = node.own || node.children.length !== 1 || this.roots.has(node.path)
    return ends ? node : this.joined(node.children[0])
  }
}

/**
 * A folder and those it lies in, from the root or the host down.
 * @param {string} folder
 */
export function ancestors(folder) {
  const scheme = folder.indexOf("://")
  const start = scheme < 0 ? 0 : folder.indexOf("/", scheme + 3)
  if (start < 0 || folder === "/") return [folder]
  const found = [folder.slice(0, start) || "/"]
  for (let at = folder.indexOf("/", start + 1); at > 0; at = folder.indexOf("/", at + 1)) found.push(folder.slice(0, at))
  return [...found, folder]
}

/**
 * @param {string} path
 * @param {string} base
 */
export function nameWithin(path, base) {
  return path.startsWith(base) ? path.slice(base.length).replace(/^\//, "") || path : path
}
