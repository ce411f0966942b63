// The channel to the server was lost and is there again. Perhaps it leads to another process of the app now, or to one that
// was started again: that has drawn nothing for this page yet, and would not know of what is pressed on it. Streamlit asks
// for nothing by itself then, so the page asks to be drawn, and what nobody has answered is sent once more.

import { RETURNED } from "../shared/edits.js"

const APP = "[data-testid=stApp]"
const CONNECTION = "data-test-connection-state"
const SCRIPT = "data-test-script-state"

/**
 * @param {() => void} draw Has the page drawn.
 * @returns {MutationObserver} What watches for it; to be disconnected.
 */
export function whenBack(draw) {
  const app = document.querySelector(APP)
  let [was, drawing] = [app?.getAttribute(CONNECTION), ""]
  const watching = new MutationObserver(() => {
    const [now, script] = [app?.getAttribute(CONNECTION), app?.getAttribute(SCRIPT)]
    if (now === "CONNECTED" && was !== now) {
      drawing = "asked"
      draw()
    } else if (drawing === "asked" && script === "running") {
      drawing = "running"
    } else if (drawing === "running" && script === "notRunning") {
      drawing = ""
      document.dispatchEvent(new CustomEvent(RETURNED))
    }
    was = now
  })
  if (app) watching.observe(app, { attributeFilter: [CONNECTION, SCRIPT] })
  return watching
}
