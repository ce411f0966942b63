// Objects of a class without what its constructor finds on the page: with those fields only that a test is about.

/**
 * @template {object} Kind
 * @param {{ prototype: Kind }} kind
 * @param {Partial<Kind>} fields
 * @returns {Kind}
 */
export function unbuilt(kind, fields) {
  return Object.assign(Object.create(kind.prototype), fields)
}
