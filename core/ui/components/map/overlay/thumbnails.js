// The pictures that are drawn on the map: a few are loaded at a time, what was wanted last is kept, and what is wanted no
// more is not waited for.

import { stopped } from "../../shared/requests.js"

const AT_ONCE = 6 // of the connections that browsers open
const KEPT = 600
const SIDE = 192 // pixels that are kept of the longer side

export class Thumbnails {
  /** @type {Map<string, ImageBitmap>} */
  loaded = new Map() // by URL, what was wanted last at the end
  /** @type {Map<string, AbortController>} */
  loading = new Map()
  /** @type {Set<string>} */
  broken = new Set()
  /** @type {string[]} */
  wanted = []

  /** @param {() => void} changed Called when another is there. */
  constructor(changed) {
    this.changed = changed
  }

  /**
   * From now on these, the most wanted first.
   * @param {string[]} urls
   */
  want(urls) {
    this.wanted = urls
    const wanted = new Set(urls)
    for (const [url, loading] of this.loading) if (!wanted.has(url)) loading.abort()
    this.go()
  }

  /** @param {string} url */
  get(url) {
    const found = this.loaded.get(url)
    if (found) {
      this.loaded.delete(url)
      this.loaded.set(url, found)
    }
    return found
  }

  go() {
    for (const url of this.wanted) {
      if (this.loading.size >= AT_ONCE) return
      if (!this.loaded.has(url) && !this.loading.has(url) && !this.broken.has(url)) this.load(url)
    }
  }

  /** @param {string} url */
  async load(url) {
    const stop = new AbortController()
    this.loading.set(url, stop)
    try {
      this.keep(url, await bitmap(url, stop.signal))
    } catch (error) {
      if (!stopped(error)) this.broken.add(url)
    } finally {
      this.loading.delete(url)
    }
    this.go()
    this.changed()
  }

  /**
   * @param {string} url
   * @param {ImageBitmap} image
   */
  keep(url, image) {
    this.loaded.set(url, image)
    for (const [oldest, unwanted] of this.loaded) {
      if (this.loaded.size <= KEPT) return
      unwanted.close()
      this.loaded.delete(oldest)
    }
  }

  close() {
    this.wanted = []
    for (const loading of this.loading.values()) loading.abort()
    for (const image of this.loaded.values()) image.close()
    this.loaded.clear()
  }
}

/**
 * @param {string} url
 * @param {AbortSignal} signal
 */
async function bitmap(url, signal) {
  const answer = await fetch(url, { signal })
  if (!answer.ok) throw new Error(String(answer.status))
  const whole = await createImageBitmap(await answer.blob())
  const share = SIDE / Math.max(whole.width, whole.height)
  if (share >= 1) return whole
  const size = { resizeWidth: Math.max(1, Math.round(whole.width * share)), resizeHeight: Math.max(1, Math.round(whole.height * share)) }
  const small = await createImageBitmap(whole, { ...size, resizeQuality: "medium" })
  whole.close()
  return small
}
