/** Detects the end of a JSON value that arrives in chunks; examines each character once. */
export class JsonEndDetector {
  /** Whether an object or an array is complete; or a string, which may be JSON that was encoded twice. */
  isWhole = false
  private depth = 0
  private isText = false
  private isEscaped = false
  private readonly takesText: boolean

  constructor(takesText: boolean) {
    this.takesText = takesText
  }

  add(piece: string): void {
    if (this.isWhole) return
    for (const sign of piece) {
      if (this.isText) this.inText(sign)
      else if (sign === '"') this.isText = true
      else if (sign === '{' || sign === '[') this.depth++
      else if (sign === '}' || sign === ']') this.isWhole = --this.depth === 0
      if (this.isWhole) return
    }
  }

  private inText(sign: string): void {
    if (this.isEscaped) this.isEscaped = false
    else if (sign === '\\') this.isEscaped = true
    else if (sign === '"') {
      this.isText = false
      this.isWhole = this.takesText && this.depth === 0
    }
  }
}
