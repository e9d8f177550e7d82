interface TokenPrice {
  readonly input: number
  readonly cached: number
  readonly output: number
}

/** US dollars for a million tokens, of every model. The same stands in `programs/model-client.mjs`. */
export const PRICE: TokenPrice = { input: 3, cached: 0.5, output: 15 }
