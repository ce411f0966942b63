// Follows drags over the whole window, also where the browser would otherwise open the dropped file.

const GIVEN_UP = 1500 // milliseconds: some browsers do not tell when a drag leaves the window or is given up

export class WindowDrop {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer
  listening = new AbortController()

  /**
   * @param {{
   *   takes: (transfer: DataTransfer, event: DragEvent) => boolean,
   *   hover: (on: boolean, transfer?: DataTransfer) => void,
   *   drop: (transfer: DataTransfer) => void,
   * }} handlers
   */
  constructor({ takes, hover, drop }) {
    this.takes = takes
    this.hover = hover
    this.drop = drop
    const { signal } = this.listening
    document.addEventListener("dragover", event => this.onOver(event), { signal })
    document.addEventListener("dragleave", event => event.relatedTarget || this.end(), { signal })
    document.addEventListener("dragend", () => this.end(), { signal })
    document.addEventListener("drop", event => this.onDrop(event), { signal, capture: true })
  }

  /** @param {DragEvent} event */
  onOver(event) {
    const { dataTransfer: transfer } = event
    if (!transfer || !this.takes(transfer, event)) return
    event.preventDefault()
    transfer.dropEffect = "copy"
    this.hover(true, transfer)
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.hover(false), GIVEN_UP)
  }

  /** @param {DragEvent} event */
  onDrop(event) {
    const { dataTransfer: transfer } = event
    if (!transfer || !this.takes(transfer, event)) return
    event.preventDefault()
    event.stopPropagation()
    this.end()
    this.drop(transfer)
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
