// What a visitor sends at one time. Only the files' handles are kept: the browser reads each while it is being sent.

import { plural } from "../shared/format.js"
import { sentence } from "../shared/requests.js"
import { isArchive, post, Refused, sendFile, Unreachable } from "../shared/upload_client.js"

/** @import { Chosen, RefusedFile, UploadsData, UploadState } from "./types.d.ts" */

const PARALLEL = 3

export class Upload {
  /** @type {UploadState} */
  state = "looking"
  text = "" // what is to be said of it
  /** @type {Chosen[]} */
  files = []
  /** @type {Map<number, string>} */
  ids = new Map() // by the place of the file
  /** @type {RefusedFile[]} */
  refused = []
  leftOut = 0
  /** @type {Chosen[]} */
  parts = [] // files that say what is in pictures, where they are part of a dataset
  isDataset = false
  trouble = ""
  next = 0
  /** @type {number[]} */
  unsent = [] // places taken up, but not sent when the work stopped
  /** @type {Map<number, number>} */
  loaded = new Map() // bytes of files on their way
  sentBytes = 0
  total = 0 // bytes of all
  current = ""
  told = false // whether the page knows that it is done
  /** @type {Set<string> | undefined} */
  stems
  stopping = new AbortController()

  /** @param {UploadsData} data */
  constructor(data) {
    this.data = data
  }

  // Called after every step, for whoever shows it now.
  changed() {}

  get running() {
    return this.state === "looking" || this.state === "sending"
  }

  get left() {
    return Math.max(0, this.files.length - this.ids.size - this.refused.length)
  }

  get bytes() {
    let sent = this.sentBytes
    for (const bytes of this.loaded.values()) sent += bytes
    return sent
  }

  /** @param {AsyncIterable<Chosen>} files */
  async start(files) {
    this.enter("looking")
    for await (const file of files) {
      if (this.stopping.signal.aborted) return this.enter("stopped", "Cancelled.")
      if (this.takes(file.name)) this.files.push(file)
      else if (this.isPart(file.name)) this.parts.push(file)
      else this.leftOut += 1
    }
    this.isDataset = this.files.length > 0 && this.parts.some(file => this.tells(file))
    if (this.isDataset) this.files.push(...this.parts)
    else this.leftOut += this.parts.length
    this.total = this.files.reduce((sum, { file }) => sum + (file?.size ?? 0), 0)
    const most = this.data.limits.files
    if (this.files.length > most) {
      this.trouble = `These are ${plural(this.files.length, "file")}, more than the ${most.toLocaleString("en")} that can be uploaded at a time. Upload them in parts, or as a ZIP file.`
      this.files = []
      this.enter("stopped", this.trouble)
    } else if (this.files.length) await this.run()
    else this.enter("stopped", this.leftOut ? "None of these files is a picture." : "No files were selected.")
  }

  /** @param {string} name */
  takes(name) {
    const lower = name.toLowerCase()
    return !lower.startsWith(".") && (isArchive(name) || this.data.suffixes.some(suffix => lower.endsWith(suffix)))
  }

  /** @param {string} name */
  isPart(name) {
    const lower = name.toLowerCase()
    return !lower.startsWith(".") && this.data.parts.some(suffix => lower.endsWith(suffix))
  }

  /**
   * Texts and JSON lie beside pictures for other reasons too.
   * @param {Pick<Chosen, "path">} file
   */
  tells({ path }) {
    const stem = withoutSuffix(path)
    if (/\.json$/i.test(path)) return !this.data.suffixes.some(suffix => stem.toLowerCase().endsWith(suffix))
    if (!/\.txt$/i.test(path) || /(^|\/)(labels\/.*|classes\.txt)$/i.test(path)) return true
    this.stems ??= new Set(this.files.map(file => withoutSuffix(file.path)))
    return this.stems.has(stem)
  }

  /**
   * The largest of its kind, in bytes.
   * @param {string} name
   */
  limit(name) {
    const { image, archive, part } = this.data.limits
    return isArchive(name) ? archive : this.takes(name) ? image : part
  }

  async run() {
    if (this.stopping.signal.aborted) this.stopping = new AbortController()
    this.trouble = ""
    this.enter("sending")
    await Promise.all(Array.from({ length: PARALLEL }, () => this.work()))
    if (this.next >= this.files.length && !this.unsent.length) await this.finish()
    else this.enter("stopped", this.trouble || "Cancelled.")
  }

  async work() {
    while (!this.stopping.signal.aborted) {
      const at = this.unsent.pop() ?? this.next
      if (at >= this.files.length) return
      if (at === this.next) this.next += 1
      await this.send(at)
      this.loaded.delete(at)
      this.changed()
    }
  }

  /** @param {number} at */
  async send(at) {
    const { name, file } = this.files[at]
    this.current = name
    const onProgress = (/** @type {number} */ bytes) => {
      this.loaded.set(at, bytes)
      this.changed()
    }
    try {
      if (!file) throw new Refused("The file could not be read.")
      const mayBeEmpty = !this.takes(name) // labels of a picture without any
      const { signal } = this.stopping
      const { id } = await sendFile(file, this.data.upload_url, this.limit(name), signal, onProgress, mayBeEmpty)
      this.ids.set(at, id)
      this.sentBytes += file.size
    } catch (error) {
      if (error instanceof Refused) this.refused.push({ name, reason: error.message })
      else this.interrupt(at, error)
    }
  }

  /**
   * A bad file is only left behind; where the server is away, or the visitor cancels, all stops and can be resumed.
   * @param {number} at
   * @param {unknown} error
   */
  interrupt(at, error) {
    this.unsent.push(at)
    if (error instanceof Unreachable) this.trouble = error.message
    this.stopping.abort()
  }

  // What was sent is indexed, whether anybody is looking or not.
  async finish() {
    const sent = [...this.ids].sort(([one], [other]) => one - other)
    if (!sent.length) return this.enter("stopped", "Nothing was uploaded.")
    const ids = sent.map(([, id]) => id)
    const body = this.isDataset ? { ids, paths: sent.map(([at]) => this.files[at].path) } : { ids: [...new Set(ids)] }
    this.trouble = await this.index(body)
    if (this.trouble) return this.enter("stopped", this.trouble)
    this.files = []
    this.enter("done", `${plural(this.ids.size, "file")} uploaded.`)
  }

  /**
   * What went wrong, or nothing.
   * @param {{ ids: string[], paths?: string[] }} body
   */
  async index(body) {
    try {
      const { status, answer } = await post(this.data.done_url, JSON.stringify(body), "application/json")
      return status >= 200 && status < 300 ? "" : (answer.error ?? `The server failed (${status}).`)
    } catch (error) {
      return sentence(error)
    }
  }

  /**
   * @param {UploadState} state
   * @param {string} [text]
   */
  enter(state, text = "") {
    this.state = state
    this.text = text
    removeEventListener("beforeunload", keepPage)
    if (this.running) addEventListener("beforeunload", keepPage)
    this.changed()
  }
}

/**
 * Closing the tab would end the upload: the browser asks first.
 * @param {Event} event
 */
function keepPage(event) {
  event.preventDefault()
}

/** @param {string} path */
function withoutSuffix(path) {
  return path.replace(/\.[^.]*$/, "")
}
