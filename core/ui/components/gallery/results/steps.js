// Numbers of results: the most there are, and those that a slider or a button comes to.

export const MAX_K = 10_000 // so many are ranked
export const MAX_ON_SLIDER = 200
export const PLACE_OF_ALL = MAX_ON_SLIDER + 1
const STEPS = [12, 24, 50, 100, MAX_ON_SLIDER, 500, 1000, 2000, 5000, MAX_K]

/** @param {number} place Of the slider. */
export function placed(place) {
  return place > MAX_ON_SLIDER ? MAX_K : place
}

/**
 * The number to go on to from so many.
 * @param {number} count
 */
export function stepAfter(count) {
  return STEPS.find(step => step > count) ?? MAX_K
}
