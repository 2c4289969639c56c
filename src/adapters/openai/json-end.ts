/** Finds where a JSON object or list that comes in pieces ends, and looks at each character once. */
export class JsonEnd {
  /** Whether what came is an object or a list from its first brace to its last. */
  isWhole = false
  private depth = 0
  private isText = false
  private isEscaped = false

  add(piece: string): void {
    if (this.isWhole) return
    for (const sign of piece) {
      if (this.isText) this.inText(sign)
      else if (sign === '"') this.isText = true
      else if (sign === '{' || sign === '[') this.depth++
      else if ((sign === '}' || sign === ']') && --this.depth === 0) {
        this.isWhole = true
        return
      }
    }
  }

  private inText(sign: string): void {
    if (this.isEscaped) this.isEscaped = false
    else if (sign === '\\') this.isEscaped = true
    else if (sign === '"') this.isText = false
  }
}
