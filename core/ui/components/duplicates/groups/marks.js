// Which pictures of a group are to be kept; the others are set aside when it is decided.

/** @import { Decided, Group } from "../types.d.ts" */

/**
 * As it was decided; as is suggested where it was not.
 * @param {Group} group
 * @returns {Set<string>}
 */
export function suggested({ members, keeper }) {
  const kept = members.filter(({ decision }) => decision === "kept").map(({ id }) => id)
  return new Set(kept.length ? kept : [keeper])
}

/**
 * Whether nothing is marked otherwise than it was decided.
 * @param {Group} group
 * @param {Set<string>} kept
 */
export function isAsDecided({ members }, kept) {
  return members.every(({ id, decision }) => (decision === "kept") === kept.has(id))
}

/**
 * At least one stays.
 * @param {Set<string>} kept
 * @param {string} id
 */
export function toggled(kept, id) {
  const now = new Set(kept)
  if (!now.delete(id)) now.add(id)
  return now.size ? now : kept
}

/**
 * @param {Group} group
 * @param {Set<string>} kept
 * @returns {Decided}
 */
export function decided({ members }, kept) {
  const ids = members.map(({ id }) => id)
  return { keep: ids.filter(id => kept.has(id)), set_aside: ids.filter(id => !kept.has(id)), distinct: [] }
}

/**
 * @param {Group} group
 * @returns {Decided}
 */
export function distinct({ members }) {
  return { keep: [], set_aside: [], distinct: [members.map(({ id }) => id)] }
}

/**
 * As if nothing had been decided.
 * @param {Group} group
 * @returns {Decided}
 */
export function reopened({ members }) {
  return { keep: [], set_aside: [], distinct: [], clear: members.map(({ id }) => id) }
}

/**
 * Bytes that go with what is not kept.
 * @param {Group} group
 * @param {Set<string>} kept
 */
export function freed({ members }, kept) {
  return members.reduce((sum, { id, size }) => sum + (kept.has(id) ? 0 : size), 0)
}

/**
 * The group as it is once that has been decided.
 * @param {Group} group
 * @param {Decided} decision
 * @returns {Group}
 */
export function after(group, { keep, set_aside: aside, clear }) {
  const decision = (/** @type {string} */ id) => (keep.includes(id) ? "kept" : aside.includes(id) ? "set-aside" : null)
  return { ...group, status: clear ? "open" : "decided", members: group.members.map(one => ({ ...one, decision: decision(one.id) })) }
}
