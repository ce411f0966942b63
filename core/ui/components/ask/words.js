// What is said of an answer: its citations, what was looked for, what it cost.

import { fileSize, plural } from "../shared/format.js"

/** @import { AskData, Chosen, Done, Looked, Piece, Sent, Terms } from "./types.d.ts" */

const CITED = /\[(\d{1,6}(?:\s*[,;]\s*\d{1,6})*)\]/g // as core/ask/words.py reads it

/**
 * Only numbers of pictures that were handed over are citations; all else stays as it is written.
 * @param {string} text
 * @param {{ has: (number: number) => boolean }} known
 * @returns {Piece[]}
 */
export function pieces(text, known) {
  /** @type {Piece[]} */
  const found = []
  let at = 0
  for (const match of text.matchAll(CITED)) {
    const numbers = match[1].split(/\s*[,;]\s*/).map(Number)
    if (!numbers.every(number => known.has(number))) continue
    if (match.index > at) found.push({ text: text.slice(at, match.index) })
    found.push({ numbers })
    at = match.index + match[0].length
  }
  if (at < text.length) found.push({ text: text.slice(at) })
  return found
}

/**
 * What was looked for, and where a search page would show the same.
 * @param {Pick<Looked, "tool" | "asked"> & { pictures: { number: number }[] }} looked
 * @returns {{ did: string, about: string, params: Record<string, string> | null }}
 */
export function told({ tool, asked, pictures }) {
  const text = asked.text ?? ""
  switch (tool) {
    case "search":
      return { did: text ? "Searched for" : "Looked at the pictures", about: text, params: { q: text } }
    case "similar":
      return { did: "Looked for more like a picture", about: text, params: null }
    case "facets":
      return { did: text ? "Counted" : "Counted the pictures", about: text, params: text ? { q: text } : null }
    case "show":
      return { did: `Looked closely at ${pictures.length ? `picture ${pictures[0].number}` : "a picture"}`, about: "", params: null }
    case "explain":
      return { did: "Asked why a picture matches", about: text, params: null }
    case "describe_collection":
      return { did: "Looked at what the collection holds", about: "", params: null }
    default:
      return { did: "Tried something that is not offered", about: "", params: null }
  }
}

/**
 * Before a question.
 * @param {Pick<AskData, "asked"> & { terms: Pick<Terms, "question_tokens" | "search_tokens"> }} data
 * @param {Chosen} chosen
 */
export function terms({ asked, terms }, { k, names, places }) {
  const search = terms.search_tokens[k - 1]
  const private_ = [!names && "names", !names && "folders", !places && "places"].filter(one => one !== false)
  const kept = private_.length ? ` No ${private_.length === 1 ? private_[0] : `${private_.slice(0, -1).join(", ")} or ${private_.at(-1)}`}.` : ""
  return (
    `Sent to ${asked.host} (${asked.model}): your questions and, for each search, up to ${plural(k, "picture")} on one numbered sheet ` +
    `with their labels, tags and dates.${kept} About ${rounded(terms.question_tokens)} tokens, and ${rounded(search)} for each search.`
  )
}

/** @param {number} tokens */
function rounded(tokens) {
  const unit = tokens < 1000 ? 50 : 100
  return (Math.ceil(tokens / unit) * unit).toLocaleString("en")
}

/**
 * After it.
 * @param {Omit<Done, "kind" | "cited">} done
 */
export function cost({ requests, images, prompt_tokens: prompt, completion_tokens: completion, seconds }) {
  const tokens = prompt === null ? [] : [`${prompt.toLocaleString("en")} tokens sent, ${(completion ?? 0).toLocaleString("en")} received`]
  const parts = [plural(requests, "request"), plural(images, "image"), ...tokens, `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`]
  return parts.join(" · ")
}

const ROLES = /** @type {Record<string, string>} */ ({ system: "Instructions", user: "To the model", assistant: "The model said", tool: "What a tool answered" })

/** @param {Pick<Sent, "role" | "images">} sent */
export function sentHead({ role, images }) {
  const pictures = images.map(({ width, height, size }) => `${width} × ${height} JPEG, ${fileSize(size)}`)
  return [ROLES[role] ?? role, ...pictures].join(" · ")
}

/** @param {number[]} cited */
export function finished(cited) {
  return cited.length ? `Answered. ${plural(cited.length, "picture")} cited.` : "Answered."
}
