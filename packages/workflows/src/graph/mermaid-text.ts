const LONGEST = 120

/**
 * A text as a quoted label of a Mermaid flowchart. Everything but letters, digits and a few harmless signs becomes a
 * character entity, so that no name can end the label, open a tag or be read as Markdown.
 */
export function mermaidText(text: string): string {
  const line = text.replace(/\s+/gu, ' ').trim()
  const characters = Array.from(line)
  const shown = characters.length > LONGEST ? [...characters.slice(0, LONGEST - 1), '…'] : characters
  return `"${shown.map(safe).join('') || ' '}"`
}

function safe(character: string): string {
  if (/^[\p{L}\p{N}\p{M} .,:()=_/…-]$/u.test(character)) return character
  const code = character.codePointAt(0) ?? 0xfffd
  // Control characters and lone surrogates have no entity.
  return code < 32 || (code >= 0x7f && code < 0xa0) || (code >= 0xd800 && code < 0xe000) ? '#65533;' : `#${code};`
}
