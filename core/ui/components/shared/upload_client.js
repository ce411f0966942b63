// Sending one file: the bare bytes, with the name beside them in the address. A body that is no form is one that
// other sites' pages may not send.

import { fileSize, limitSize } from "./format.js"

export class Refused extends Error {} // the server, or a rule it has told us, will not have this file
export class Unreachable extends Error {} // nothing is wrong with the file

/** @param {(bytes: number) => void} onProgress */
export async function sendFile(file, url, limit, signal, onProgress = () => {}, mayBeEmpty = false) {
  if (file.size > limit) {
    throw new Refused(`The file is ${fileSize(file.size)}, more than the ${limitSize(limit)} allowed.`)
  }
  if (file.size === 0 && !mayBeEmpty) throw new Refused("The file is empty.")
  const name = encodeURIComponent(file.name.toWellFormed?.() ?? file.name)
  const { status, answer } = await post(`${url}?name=${name}`, file, kindOf(file), signal, onProgress).catch(async error => {
    if (error.name === "AbortError") throw error
    // A file that was moved or locked after it was chosen fails in the same way as a server that is away.
    await file.slice(0, 1).arrayBuffer().catch(() => {
      throw new Refused("The file could not be read.")
    })
    throw error
  })
  if (answer.id) return { id: answer.id, name: answer.name ?? file.name }
  if (status >= 500) throw new Unreachable(answer.error ?? `The server failed (${status}).`)
  throw new Refused(answer.error ?? `The server refused it (${status}).`)
}

export function kindOf(file) {
  if (isArchive(file.name)) return "application/zip"
  return file.type.startsWith("image/") ? file.type : "application/octet-stream"
}

export function isArchive(name) {
  return name.toLowerCase().endsWith(".zip")
}

// Not fetch, which does not tell how much of a large body is sent.
/**
 * @param {AbortSignal} [signal]
 * @param {(bytes: number) => void} [onProgress]
 */
export function post(url, body, type, signal, onProgress = () => {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const stop = () => request.abort()
    request.open("POST", url)
    request.setRequestHeader("Content-Type", type)
    request.upload.onprogress = event => onProgress(event.loaded)
    request.onload = () => resolve({ status: request.status, answer: parsed(request.responseText) })
    request.onerror = () => reject(new Unreachable("The server does not answer."))
    request.onabort = () => reject(new DOMException("Stopped", "AbortError"))
    request.onloadend = () => signal?.removeEventListener("abort", stop)
    signal?.addEventListener("abort", stop)
    if (signal?.aborted) reject(new DOMException("Stopped", "AbortError"))
    else request.send(body)
  })
}

function parsed(text) {
  try {
    return JSON.parse(text) ?? {}
  } catch {
    return {}
  }
}

// Follows drags over the whole window, also where the browser would otherwise open the dropped file.
export class WindowDrop {
  takes
  hover
  drop

  constructor({ takes, hover, drop }) {
    Object.assign(this, { takes, hover, drop })
    this.listening = new AbortController()
    const { signal } = this.listening
    document.addEventListener("dragover", event => this.onOver(event), { signal })
    document.addEventListener("dragleave", event => event.relatedTarget || this.end(), { signal })
    document.addEventListener("dragend", () => this.end(), { signal })
    document.addEventListener("drop", event => this.onDrop(event), { signal, capture: true })
  }

  onOver(event) {
    if (!this.takes(event)) return
    event.preventDefault()
    event.dataTransfer.dropEffect = "copy"
    this.hover(true, event)
    // Some browsers do not tell when a drag leaves the window or is given up.
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.hover(false), 1500)
  }

  onDrop(event) {
    if (!this.takes(event)) return
    event.preventDefault()
    event.stopPropagation()
    this.end()
    this.drop(event.dataTransfer)
  }

  end() {
    clearTimeout(this.timer)
    this.hover(false)
  }

  close() {
    this.end()
    this.listening.abort()
  }
}
