//! Decoders: escapes, base64, hexadecimal.

/// Decodes backslash escapes as `$'…'`, `printf` and `echo -e` do; `quoting` adds those that only `$'…'` knows.
/// The flag says whether an escape stood for a printable ASCII letter or digit, which nobody needs to escape.
pub(crate) fn backslashes(text: &str, quoting: bool) -> (String, bool) {
    let mut out = Bytes::default();
    let mut hidden = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push_char(c);
            continue;
        }
        let Some(kind) = chars.next() else {
            out.push_char('\\');
            break;
        };
        let digits = |chars: &mut std::iter::Peekable<std::str::Chars<'_>>, radix: u32, most: usize| {
            let mut value = None;
            for _ in 0..most {
                let Some(digit) = chars.peek().and_then(|c| c.to_digit(radix)) else { break };
                chars.next();
                value = Some(value.unwrap_or(0_u32).wrapping_mul(radix).wrapping_add(digit));
            }
            value
        };
        let plain = match kind {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\x07',
            'b' => '\x08',
            'e' | 'E' => '\x1b',
            'f' => '\x0c',
            'v' => '\x0b',
            '\\' => '\\',
            '\'' | '"' | '?' if quoting => kind,
            'c' if quoting => {
                chars.next();
                '\x01'
            }
            'x' => {
                if let Some(byte) = digits(&mut chars, 16, 2) {
                    hidden |= out.push_byte(byte);
                } else {
                    out.push_char('\\');
                    out.push_char('x');
                }
                continue;
            }
            'u' | 'U' => {
                let most = if kind == 'u' { 4 } else { 8 };
                if let Some(c) = digits(&mut chars, 16, most).and_then(char::from_u32) {
                    hidden |= c.is_ascii_alphanumeric();
                    out.push_char(c);
                }
                continue;
            }
            '0'..='7' => {
                let first = kind.to_digit(8).unwrap_or_default();
                let most = if kind == '0' && !quoting { 3 } else { 2 };
                let mut value = first;
                for _ in 0..most {
                    let Some(digit) = chars.peek().and_then(|c| c.to_digit(8)) else { break };
                    chars.next();
                    value = value * 8 + digit;
                }
                hidden |= out.push_byte(value & 0xff);
                continue;
            }
            other => {
                out.push_char('\\');
                other
            }
        };
        out.push_char(plain);
    }
    (out.into_text(), hidden)
}

/// Bytes that mean text; what is no UTF-8 is replaced.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn push_char(&mut self, c: char) {
        let mut buffer = [0; 4];
        self.0.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
    }

    fn push_byte(&mut self, value: u32) -> bool {
        let byte = u8::try_from(value & 0xff).unwrap_or_default();
        self.0.push(byte);
        byte.is_ascii_alphanumeric()
    }

    fn into_text(self) -> String {
        String::from_utf8(self.0)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }
}

/// Decodes base64, ignoring what is not of the alphabet; nothing if too little of it is base64.
pub(crate) fn base64(text: &str) -> Option<String> {
    let digit = |c: u8| match c {
        b'A'..=b'Z' => Some(c - b'A'),
        b'a'..=b'z' => Some(c - b'a' + 26),
        b'0'..=b'9' => Some(c - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    };
    radix_text(text, digit, 6)
}

/// Decodes base32.
pub(crate) fn base32(text: &str) -> Option<String> {
    let digit = |c: u8| match c {
        b'A'..=b'Z' => Some(c - b'A'),
        b'2'..=b'7' => Some(c - b'2' + 26),
        _ => None,
    };
    radix_text(text, digit, 5)
}

/// Decodes pairs of hexadecimal digits, ignoring blanks and `0x`.
pub(crate) fn hex(text: &str) -> Option<String> {
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|value| u8::try_from(value).ok());
    radix_text(&text.replace("0x", "").replace("\\x", ""), digit, 4)
}

/// Gathers `bits` bits a digit into bytes. The padding `=` ends the text.
fn radix_text(text: &str, digit: impl Fn(u8) -> Option<u8>, bits: u32) -> Option<String> {
    let mut out = Bytes::default();
    let (mut buffer, mut filled) = (0_u32, 0_u32);
    for byte in text.bytes() {
        if byte.is_ascii_whitespace() {
            continue;
        }
        if byte == b'=' {
            buffer = 0;
            filled = 0;
            continue;
        }
        buffer = buffer << bits | u32::from(digit(byte)?);
        filled += bits;
        if filled >= 8 {
            filled -= 8;
            out.push_byte(buffer >> filled & 0xff);
        }
        buffer &= 0xffff;
    }
    Some(out.into_text())
}

/// The bytes of `text` as base64, as `base64` encodes.
pub(crate) fn to_base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bytes = [0, 1, 2].map(|i| u32::from(chunk.get(i).copied().unwrap_or_default()));
        let [a, b, c] = bytes;
        let group = a << 16 | b << 8 | c;
        for i in 0..4_u32 {
            let index = usize::try_from(group >> (18 - 6 * i) & 63).unwrap_or_default();
            let present = usize::try_from(i).is_ok_and(|i| i <= chunk.len());
            out.push(if present { char::from(DIGITS.get(index).copied().unwrap_or(b'A')) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_decoded() {
        assert_eq!(backslashes(r"\162\155", true), ("rm".to_owned(), true));
        assert_eq!(backslashes(r"\x72m\n", true), ("rm\n".to_owned(), true));
        assert_eq!(backslashes(r"a\tb\q", true), ("a\tb\\q".to_owned(), false));
        assert_eq!(backslashes(r"\u00e9", true).0, "é");
    }

    #[test]
    fn encodings_decoded() {
        assert_eq!(base64("cm0gLXJmIC8=").as_deref(), Some("rm -rf /"));
        assert_eq!(base64("not base64!"), None);
        assert_eq!(hex("72 6d").as_deref(), Some("rm"));
        assert_eq!(base32("OJWSALLSMYQC6===").as_deref(), Some("rm -rf /"));
        assert_eq!(to_base64("rm -rf /"), "cm0gLXJmIC8=");
    }
}
