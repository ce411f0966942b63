// What is said of files that are checked.

import { plural } from "../shared/format.js"

/** @import { Line, Verdict } from "./types.d.ts" */

/** @type {Record<Verdict, { name: string, means: string }>} */
export const VERDICTS = {
  new: { name: "New", means: "Not in the collection" },
  "same-file": { name: "Same file", means: "The same content, byte for byte" },
  "same-picture": { name: "Same picture", means: "In another size, format or form" },
  "look-alike": { name: "Look-alike", means: "Shows nearly the same" },
  unreadable: { name: "Cannot be read", means: "Not compared" },
}

export const VERDICT_NAMES = /** @type {Verdict[]} */ (Object.keys(VERDICTS))

/** @param {Line[]} lines */
export function counts(lines) {
  /** @type {Map<Verdict, number>} */
  const counted = new Map()
  for (const { answer } of lines) counted.set(answer, (counted.get(answer) ?? 0) + 1)
  return counted
}

/** @param {Line[]} lines */
export function inShort(lines) {
  const counted = counts(lines)
  const known = ["same-file", "same-picture"].reduce((sum, one) => sum + (counted.get(/** @type {Verdict} */ (one)) ?? 0), 0)
  const said = [`${plural(lines.length, "file")} checked`, `${known.toLocaleString("en")} in the collection`]
  const alike = counted.get("look-alike")
  if (alike) said.push(plural(alike, "look-alike"))
  return [...said, `${(counted.get("new") ?? 0).toLocaleString("en")} new`].join(" · ")
}

const COLUMNS = ["name", "path", "answer", "how", "similarity", "match", "match path", "reason", "content hash"]

/**
 * As a table that other programs open: none may take a value for a formula.
 * @param {Line[]} lines
 */
export function csv(lines) {
  const rows = lines.map(({ name, path, answer, how, cosine, match, reason, content_hash: hash }) => [
    ...[name, path, VERDICTS[answer].name, how, cosine === null ? "" : cosine.toFixed(4)],
    ...[match?.name ?? "", match?.path ?? "", reason, hash],
  ])
  return [COLUMNS, ...rows].map(row => row.map(cell).join(",")).join("\r\n") + "\r\n"
}

/** @param {string} value */
function cell(value) {
  const harmless = /^[=+\-@\t\r]/.test(value) && Number.isNaN(Number(value)) ? `'${value}` : value
  return `"${harmless.replaceAll('"', '""')}"`
}
