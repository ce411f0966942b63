// Class lists as people type them.

/**
 * A class on each line, with words of its own after a colon.
 * @param {string} text
 */
export function typed(text) {
  return text
    .split("\n")
    .map(line => {
      const at = line.indexOf(":")
      return at < 0 ? { name: line.trim(), words: "" } : { name: line.slice(0, at).trim(), words: line.slice(at + 1).trim() }
    })
    .filter(({ name }) => name)
}
