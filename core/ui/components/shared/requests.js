// Asking the app's own routes. What goes wrong is an Error whose message is a sentence for the visitor; what was
// stopped by its signal is an AbortError, which nobody needs to hear of.

/**
 * Without a body it is a GET, as long as nothing else is said. The server is the one that this script came from: an
 * answer is taken for what its route promises.
 * @template Answer
 * @param {string} url
 * @param {unknown} [body]
 * @param {AbortSignal} [signal]
 * @param {string} [method]
 * @returns {Promise<Answer>}
 */
export async function ask(url, body, signal, method) {
  const answer = await send(url, body, signal, method)
  return answer.json().catch(error => {
    throw stopped(error) ? error : new Error("The answer was cut off. Try again.")
  })
}

/**
 * An answer that comes line by line, each a JSON object.
 * @template Line
 * @param {string} url
 * @param {unknown} body
 * @param {AbortSignal} [signal]
 * @returns {AsyncGenerator<Line, void>}
 */
export async function* askForLines(url, body, signal) {
  const answer = await send(url, body, signal)
  let rest = ""
  if (!answer.body) return
  for await (const piece of pieces(answer.body.pipeThrough(new TextDecoderStream()))) {
    const lines = (rest + piece).split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) if (line.trim()) yield JSON.parse(line)
  }
  if (rest.trim()) yield JSON.parse(rest)
}

/**
 * @param {string} url
 * @param {unknown} [body]
 * @param {AbortSignal} [signal]
 * @param {string} [method]
 */
export async function send(url, body, signal, method = body === undefined ? "GET" : "POST") {
  /** @type {Record<string, string>} */
  const headers = body === undefined ? {} : { "Content-Type": "application/json" } // which no foreign page may send
  const answer = await fetch(url, { method, headers, body: JSON.stringify(body), signal }).catch(error => {
    throw stopped(error) ? error : new Error("The server does not answer.")
  })
  if (answer.ok) return answer
  const { error, remedy } = await answer.json().catch(() => ({}))
  throw new Error([error ?? `The server failed (${answer.status}).`, remedy].filter(Boolean).join(" "))
}

/**
 * Not every browser lets a stream be iterated.
 * @param {ReadableStream<string>} stream
 */
async function* pieces(stream) {
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield value
  }
}

/** @param {unknown} error */
export function stopped(error) {
  return error instanceof Error && error.name === "AbortError"
}

/**
 * What went wrong, for the visitor: all that is thrown here on purpose says it in a sentence.
 * @param {unknown} error
 */
export function sentence(error) {
  return error instanceof Error ? error.message : String(error)
}

// Runs the newest of its tasks only: beginning one stops the one before.
export class Latest {
  /** @type {AbortController | null} */
  current = null

  begin() {
    this.stop()
    this.current = new AbortController()
    return this.current.signal
  }

  stop() {
    this.current?.abort()
    this.current = null
  }
}
