// Sending one file: the bare bytes, with the name beside them in the URL. A body that is no form is one that other
// sites' pages may not send.

import { fileSize, limitSize } from "./format.js"
import { stopped } from "./requests.js"
import { withParameter } from "./routes.js"

/** @import { Stored } from "./types.d.ts" */
/** @typedef {{ id?: string, name?: string, error?: string }} Received What comes back: JSON of ours, or a proxy's page. */

export class Refused extends Error {} // the server, or a rule it has told us, will not have this file
export class Unreachable extends Error {} // nothing is wrong with the file

/**
 * @param {File} file
 * @param {string} url
 * @param {number} limit Bytes.
 * @param {AbortSignal} signal
 * @param {(bytes: number) => void} [onProgress]
 * @returns {Promise<Stored>}
 */
export async function sendFile(file, url, limit, signal, onProgress = () => {}, mayBeEmpty = false) {
  if (file.size > limit) {
    throw new Refused(`The file is ${fileSize(file.size)}, more than the ${limitSize(limit)} allowed.`)
  }
  if (file.size === 0 && !mayBeEmpty) throw new Refused("The file is empty.")
  const name = file.name.toWellFormed?.() ?? file.name
  const { status, answer } = await post(withParameter(url, "name", name), file, kindOf(file), signal, onProgress).catch(async error => {
    if (stopped(error)) throw error
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

/** @param {{ name: string, type: string }} file */
export function kindOf(file) {
  if (isArchive(file.name)) return "application/zip"
  return file.type.startsWith("image/") ? file.type : "application/octet-stream"
}

/** @param {string} name */
export function isArchive(name) {
  return name.toLowerCase().endsWith(".zip")
}

/**
 * Not fetch, which does not tell how much of a large body is sent.
 * @param {string} url
 * @param {XMLHttpRequestBodyInit} body
 * @param {string} type
 * @param {AbortSignal} [signal]
 * @param {(bytes: number) => void} [onProgress]
 * @returns {Promise<{ status: number, answer: Received }>}
 */
export function post(url, body, type, signal, onProgress = () => {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const stop = () => request.abort()
    request.open("POST", url)
    request.setRequestHeader("Content-Type", type)
    request.upload.onprogress = event => onProgress(event.loaded)
    request.onload = () => resolve({ status: request.status, answer: received(request.responseText) })
    request.onerror = () => reject(new Unreachable("The server does not answer."))
    request.onabort = () => reject(new DOMException("Stopped", "AbortError"))
    request.onloadend = () => signal?.removeEventListener("abort", stop)
    signal?.addEventListener("abort", stop)
    if (signal?.aborted) reject(new DOMException("Stopped", "AbortError"))
    else request.send(body)
  })
}

/**
 * @param {string} text
 * @returns {Received}
 */
export function received(text) {
  try {
    const answer = JSON.parse(text)
    const said = Object.entries(answer ?? {}).filter(([, value]) => typeof value === "string")
    return Object.fromEntries(said)
  } catch {
    return {}
  }
}
