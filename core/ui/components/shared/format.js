// Numbers, sizes and values as people write them.

/**
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 */
export function plural(count, one, many = `${one}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`
}

/** @param {number} bytes */
export function fileSize(bytes) {
  if (bytes < 1000) return plural(bytes, "byte")
  const units = ["kB", "MB", "GB"]
  let size = bytes / 1000
  while (size >= 999.5 && units.length > 1) {
    size /= 1000
    units.shift()
  }
  return `${size < 9.95 ? size.toFixed(1) : Math.round(size)} ${units[0]}`
}

/**
 * Limits are set in powers of two, and said as people say them.
 * @param {number} bytes
 */
export function limitSize(bytes) {
  const [gigabytes, megabytes] = [bytes / 2 ** 30, bytes / 2 ** 20]
  if (Number.isInteger(gigabytes)) return `${gigabytes} GB`
  return Number.isInteger(megabytes) ? `${megabytes} MB` : fileSize(bytes)
}

/**
 * A value as it is typed after `label:`: core/search/language/conditions.py reads it.
 * @param {string} value
 */
export function quoted(value) {
  return /^~|[\s,"“”„]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}
