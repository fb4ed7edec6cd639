// Text that came from a certificate is hostile: it goes to terminals, logs and pages. One function makes it visible:
// control characters (so ANSI escapes), bidirectional and invisible formatting characters, line separators and unpaired
// surrogates become \u{...}; the backslash is doubled so that nothing else can look like an escape. `<script>` stays
// as it is, being plain text: whoever writes HTML escapes for HTML.

/** `text` with everything that a terminal or an eye could misread made visible. */
export function escapeText(text: string): string {
  // Most names are plain printable ASCII.
  if (/^[ -[\]-~]*$/.test(text)) return text;
  let out = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (character === '\\') out += '\\\\';
    else out += mustEscape(code) ? `\\u{${code.toString(16)}}` : character;
  }
  return out;
}

/** Cuts what is too long to show; a refusal quotes at most this many characters of a peer's text. */
export function excerpt(text: string, limit = 200): string {
  const escaped = escapeText(text.length > limit ? text.slice(0, limit) : text);
  return text.length > limit ? `${escaped}...` : escaped;
}

function mustEscape(code: number): boolean {
  return (
    code < 0x20 ||
    (code >= 0x7f && code <= 0xa0) ||
    code === 0xad ||
    code === 0x034f ||
    code === 0x061c ||
    (code >= 0x115f && code <= 0x1160) ||
    (code >= 0x17b4 && code <= 0x17b5) ||
    (code >= 0x180b && code <= 0x180f) ||
    (code >= 0x2000 && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202f) ||
    (code >= 0x205f && code <= 0x206f) ||
    code === 0x3000 ||
    code === 0x3164 ||
    (code >= 0xd800 && code <= 0xf8ff) ||
    (code >= 0xfe00 && code <= 0xfe0f) ||
    code === 0xfeff ||
    code === 0xffa0 ||
    (code >= 0xfff0 && code <= 0xfffb) ||
    (code & 0xfffe) === 0xfffe ||
    (code >= 0xe0000 && code <= 0xe0fff) ||
    code >= 0xf0000
  );
}
