// Shares and times, as `core/search/recall/verdict.py` has them.

/**
 * 100 % only of what is whole.
 * @param {number} value
 */
export function share(value) {
  return `${Math.floor(1000 * value + 1e-9) / 10} %`
}

/** @param {number} time */
export function milliseconds(time) {
  if (time < 9.95) return `${time.toFixed(1)} ms`
  return time < 999.5 ? `${Math.round(time)} ms` : `${(time / 1000).toFixed(1)} s`
}
