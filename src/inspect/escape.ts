// Everything that a peer chose is hostile text. Here it is made safe to show: control characters, escape sequences,
// bidirectional controls, invisible characters and lone surrogates become visible escapes, so that what is printed can
// neither steer a terminal nor pretend to be something else. Pure; the result is what a reader sees, not a source literal.

/** Text of unknown origin: messages of errors, names out of certificates, strings of a trace. Letters of any script stay. */
export function escapeText(text: string): string {
  let out = '';
  for (const character of text) out += HIDDEN.test(character) ? escapeCharacter(character) : character;
  return out;
}

/**
 * Text that stood on the wire as one byte a character (host names, ALPN protocol names), in double quotes. Whatever is not
 * printable ASCII becomes `\xNN`; a quote and a backslash get a backslash, so that two different names never look alike.
 */
export function quoteWireText(text: string): string {
  let out = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (character === '"' || character === '\\') out += `\\${character}`;
    else if (code >= 0x20 && code < 0x7f) out += character;
    else out += escapeCharacter(character);
  }
  return `"${out}"`;
}

// Cc: controls, ESC among them. Cf: bidirectional controls, zero-width characters, tags. Cs: lone surrogates. Co, Cn: no
// agreed appearance. Zl, Zp: line and paragraph separators. Variation selectors and fillers look like nothing at all.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\u2800]|\p{Variation_Selector}/u;

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}
