// Sending one picture: the bare bytes, with the name beside them in the address. A body that is no form is one that
// other sites' pages may not send.

class Refused extends Error {} // the server, or a rule it has told us, will not have this file
class Unreachable extends Error {} // nothing is wrong with the file

async function sendPicture(file, { upload_url, limit }, signal) {
  if (file.size > limit) {
    throw new Refused(`The file has ${fileSize(file.size)}, more than the ${limitSize(limit)} allowed.`)
  }
  if (file.size === 0) throw new Refused("The file is empty.")
  const name = encodeURIComponent(file.name.toWellFormed?.() ?? file.name)
  const answer = await post(file, `${upload_url}?name=${name}`, signal)
  const { id, name: kept, error } = await answer.json().catch(() => ({}))
  if (answer.ok && id) return { id, name: kept ?? file.name }
  if (answer.status >= 500) throw new Unreachable(error ?? `The server failed (${answer.status}).`)
  throw new Refused(error ?? `The server refused it (${answer.status}).`)
}

async function post(file, url, signal) {
  const type = file.type.startsWith("image/") ? file.type : "application/octet-stream"
  try {
    return await fetch(url, { method: "POST", headers: { "Content-Type": type }, body: file, signal })
  } catch (error) {
    if (error.name === "AbortError") throw error
    // A file that was moved or locked after it was chosen fails in the same way as a server that is away.
    await file.slice(0, 1).arrayBuffer().catch(() => {
      throw new Refused("The file could not be read.")
    })
    throw new Unreachable("The server does not answer.")
  }
}

// Follows drags over the whole window, also where the browser would otherwise open the dropped file.
class WindowDrop {
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
