// Files on their way to the server, and what is found of each: sent a few at a time, asked about in parts.

import { plural } from "../shared/format.js"
import { askForLines, sentence, stopped } from "../shared/requests.js"
import { isArchive, Refused, sendFile } from "../shared/upload_client.js"

/** @import { Chosen } from "../uploads/types.d.ts" */
/** @import { Checked, CheckData, CheckLine, CheckState, Line, Sent } from "./types.d.ts" */

const PARALLEL = 3
const AT_ONCE = 25 // files that are asked about together

export class Checking {
  /** @type {CheckState} */
  state = "idle"
  /** @type {Line[]} */
  lines = []
  /** @type {Chosen[]} */
  files = []
  next = 0
  done = 0
  /** @type {number | null} */
  total = null // where files are within archives or folders, more than were chosen
  leftOut = 0
  trouble = ""
  stopping = new AbortController()
  /** @type {Sent[]} */
  sent = [] // and not asked about yet
  /** @type {Promise<void>} */
  asking = Promise.resolve()

  /**
   * @param {CheckData} data
   * @param {() => void} changed
   */
  constructor(data, changed) {
    this.data = data
    this.changed = changed
  }

  get running() {
    return this.state === "looking" || this.state === "checking"
  }

  /** @param {AsyncIterable<Chosen>} files */
  async start(files) {
    this.enter("looking")
    for await (const file of files) {
      if (this.takes(file.name)) this.files.push(file)
      else this.leftOut += 1
    }
    const { files: most } = this.data.limits
    if (this.files.length > most) {
      const many = `These are ${plural(this.files.length, "file")}, more than the ${most.toLocaleString("en")} that can be checked at a time.`
      return this.fail(`${many} Check them in parts.`)
    }
    if (!this.files.length) return this.fail(this.leftOut ? "None of these files is a picture." : "No files were selected.")
    this.total = this.files.length
    this.enter("checking")
    await Promise.all(Array.from({ length: PARALLEL }, () => this.work()))
    if (this.sent.length) this.ask()
    await this.asking
    this.end()
  }

  /**
   * Of the server's own files.
   * @param {string[]} locations
   */
  async startAt(locations) {
    this.enter("checking")
    await this.follow({ locations }, [])
    this.end()
  }

  stop() {
    this.stopping.abort()
  }

  /** @param {string} name */
  takes(name) {
    const lower = name.toLowerCase()
    return !lower.startsWith(".") && (isArchive(name) || this.data.suffixes.some(suffix => lower.endsWith(suffix)))
  }

  async work() {
    while (!this.stopping.signal.aborted && this.next < this.files.length) {
      const place = this.next
      this.next += 1
      await this.send(this.files[place], place)
      if (this.sent.length >= AT_ONCE) this.ask()
    }
  }

  /**
   * @param {Chosen} chosen
   * @param {number} place Among the files.
   */
  async send(chosen, place) {
    const { name, file } = chosen
    const { image, archive } = this.data.limits
    try {
      if (!file) throw new Refused("The file could not be read.")
      const limit = isArchive(name) ? archive : image
      const { id } = await sendFile(file, this.data.routes.files, limit, this.stopping.signal)
      this.sent.push({ id, file: chosen, place })
    } catch (error) {
      if (error instanceof Refused) this.take([refused(chosen, place, error.message)])
      else if (!stopped(error)) this.break(error)
    }
  }

  // Those that were sent are asked about, one part after the other.
  ask() {
    const part = this.sent.splice(0)
    this.asking = this.asking.then(() => this.follow({ ids: [...new Set(part.map(({ id }) => id))] }, part))
  }

  /**
   * @param {object} body
   * @param {Sent[]} part The files that it is about.
   */
  async follow(body, part) {
    if (this.stopping.signal.aborted) return
    const own = Map.groupBy(part, ({ id }) => id)
    const last = Math.max(0, ...part.map(({ place }) => place)) // what is within a ZIP file stands behind its part
    const before = this.done
    try {
      for await (const line of askForLines(this.data.routes.check, body, this.stopping.signal)) {
        const { checked = [], total, done, error, remedy } = /** @type {CheckLine} */ (line)
        if (error) throw new Error([error, remedy].filter(Boolean).join(" "))
        this.take(checked.flatMap(one => named(one, own.get(one.content_hash), last)))
        if (done !== undefined && !part.length) Object.assign(this, { done: before + done, total: total ?? null })
        this.changed()
      }
    } catch (error) {
      if (!stopped(error)) this.break(error)
    }
  }

  /** @param {Line[]} lines */
  take(lines) {
    this.lines = [...this.lines, ...lines].sort((one, other) => one.place - other.place) // as they were chosen, whichever arrived first
    this.done += lines.length
    if (this.total !== null) this.total = Math.max(this.total, this.done)
    this.changed()
  }

  /** @param {unknown} error */
  break(error) {
    this.trouble ||= sentence(error)
    this.stopping.abort()
  }

  /** @param {string} trouble */
  fail(trouble) {
    this.trouble = trouble
    this.enter("stopped")
  }

  end() {
    this.enter(this.stopping.signal.aborted ? "stopped" : "done")
  }

  /** @param {CheckState} state */
  enter(state) {
    this.state = state
    this.changed()
  }

  // What the browser holds for showing the files.
  forget() {
    this.stop()
    for (const { url } of this.lines) if (url) URL.revokeObjectURL(url)
  }
}

/**
 * The server knows a file by its content: several that were chosen may have the same.
 * @param {Checked} checked
 * @param {Sent[] | undefined} own Those of this content; none of what is within a ZIP file.
 * @param {number} last Where such files stand.
 * @returns {Line[]}
 */
function named(checked, own, last) {
  if (!own) return [{ ...checked, place: last }]
  return own.map(({ file: { name, path, file }, place }) => ({ ...checked, name, path, place, url: file ? URL.createObjectURL(file) : undefined }))
}

/**
 * @param {Chosen} chosen
 * @param {number} place
 * @param {string} reason
 * @returns {Line}
 */
function refused({ name, path, file }, place, reason) {
  const none = { match: null, cosine: null, how: "", content_hash: "", width: 0, height: 0 }
  return { ...none, name, path, place, answer: "unreadable", reason, size: file?.size ?? 0 }
}
