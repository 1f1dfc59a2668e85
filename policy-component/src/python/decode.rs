//! Decodes constants: encodings of text, and the binary encodings that hide a name.

use super::value::{LONGEST_TEXT, Value};

/// `bytes.decode(encoding)`.
pub(super) fn text_of(bytes: &[u8], encoding: Option<&str>) -> Value {
    let encoding = encoding.unwrap_or("utf-8").to_ascii_lowercase().replace(['-', ' '], "_");
    match encoding.as_str() {
        "utf_8" | "utf8" | "ascii" | "us_ascii" | "utf_8_sig" => {
            std::str::from_utf8(bytes).map_or(Value::Unknown, Value::text)
        }
        "latin_1" | "latin1" | "iso_8859_1" | "cp1252" => {
            Value::text(&bytes.iter().map(|byte| char::from(*byte)).collect::<String>())
        }
        "unicode_escape" | "raw_unicode_escape" => {
            std::str::from_utf8(bytes).map_or(Value::Unknown, |text| Value::text(&unescaped(text)))
        }
        "utf_16" | "utf_16_le" => units(bytes, u16::from_le_bytes),
        "utf_16_be" => units(bytes, u16::from_be_bytes),
        "utf_7" => std::str::from_utf8(bytes)
            .ok()
            .filter(|text| !text.contains('+'))
            .map_or(Value::Unknown, Value::text),
        _ => Value::Unknown,
    }
}

fn units(bytes: &[u8], read: impl Fn([u8; 2]) -> u16) -> Value {
    let units: Vec<u16> = bytes.as_chunks().0.iter().map(|pair| read(*pair)).collect();
    let text = String::from_utf16_lossy(&units);
    Value::text(text.trim_start_matches('\u{feff}'))
}

/// `str.encode(encoding)`.
pub(super) fn encoded(text: &str, encoding: Option<&str>) -> Value {
    let encoding = encoding.unwrap_or("utf-8").to_ascii_lowercase();
    match encoding.as_str() {
        "latin-1" | "latin1" | "iso-8859-1" => {
            let bytes = text.chars().map(|c| u8::try_from(u32::from(c)).ok());
            bytes.collect::<Option<Vec<u8>>>().map_or(Value::Unknown, |bytes| Value::bytes(&bytes))
        }
        _ => Value::bytes(text.as_bytes()),
    }
}

/// Calls a function of the standard library that decodes; `None` where it is not one of those.
pub(super) fn call(function: &str, args: &[Value]) -> Option<Value> {
    let bytes = || match args.first() {
        Some(Value::Bytes(bytes)) => Some(bytes.to_vec()),
        Some(Value::Text(text)) => Some(text.as_bytes().to_vec()),
        _ => None,
    };
    let decoded = match function {
        "base64.b64decode"
        | "base64.standard_b64decode"
        | "base64.urlsafe_b64decode"
        | "base64.decodebytes"
        | "binascii.a2b_base64" => bytes().map(|bytes| bits(&bytes, 6, sextet)),
        "base64.b32decode" => bytes().map(|bytes| bits(&bytes, 5, quintet)),
        "base64.b16decode"
        | "binascii.unhexlify"
        | "binascii.a2b_hex"
        | "builtins.bytes.fromhex"
        | "builtins.bytearray.fromhex" => bytes().map(|bytes| bits(&bytes, 4, nibble)),
        "codecs.decode" | "codecs.encode" => return Some(codec(args)),
        "urllib.parse.unquote" | "urllib.parse.unquote_plus" => {
            return Some(args.first().and_then(Value::known_text).map_or(Value::Unknown, unquoted));
        }
        "builtins.str.join" => {
            let (Some(separator), Some(parts)) = (args.first(), args.get(1)) else {
                return Some(Value::Unknown);
            };
            return Some(super::methods::call(separator, "join", std::slice::from_ref(parts), &[]));
        }
        _ => return None,
    };
    Some(decoded.map_or(Value::Unknown, |bytes| Value::bytes(&bytes)))
}

/// `codecs.decode(value, codec)`, for the codecs that change letters.
fn codec(args: &[Value]) -> Value {
    let name =
        args.get(1).and_then(Value::known_text).unwrap_or("utf-8").to_ascii_lowercase().replace('-', "_");
    let function = match (name.as_str(), args.first()) {
        ("rot13" | "rot_13", Some(Value::Text(text))) => {
            return Value::text(&text.chars().map(rotated).collect::<String>());
        }
        ("hex" | "hex_codec", _) => "binascii.unhexlify",
        ("base64" | "base64_codec" | "base_64", _) => "base64.b64decode",
        (_, Some(Value::Bytes(bytes))) => return text_of(bytes, Some(&name)),
        _ => return Value::Unknown,
    };
    call(function, args).unwrap_or(Value::Unknown)
}

fn rotated(c: char) -> char {
    let turn = |first: u8, c: u8| char::from((c - first + 13) % 26 + first);
    match u8::try_from(c) {
        Ok(lower @ b'a'..=b'z') => turn(b'a', lower),
        Ok(upper @ b'A'..=b'Z') => turn(b'A', upper),
        _ => c,
    }
}

/// Reads digits of `width` bits; what is no digit is skipped, padding ends.
fn bits(digits: &[u8], width: u32, digit: impl Fn(u8) -> Option<u8>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut held, mut count) = (0_u32, 0);
    for value in digits.iter().take(LONGEST_TEXT).filter_map(|byte| digit(*byte)) {
        held = (held << width | u32::from(value)) & 0xFFFF;
        count += width;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(held >> count & 0xFF).unwrap_or_default());
        }
    }
    bytes
}

fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

fn quintet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a'),
        b'2'..=b'7' => Some(byte - b'2' + 26),
        _ => None,
    }
}

fn nibble(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// `%41` as `A`.
fn unquoted(text: &str) -> Value {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        match (rest.next().and_then(nibble), rest.next().and_then(nibble)) {
            (Some(high), Some(low)) => bytes.push(high << 4 | low),
            _ => return Value::Unknown,
        }
    }
    String::from_utf8(bytes).map_or(Value::Unknown, |text| Value::text(&text))
}

/// The escapes of a string literal: `\x41`, `\u0041`, `\101`.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let length = match rest.clone().next() {
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            Some('0'..='7') => 0,
            _ => continue,
        };
        let (digits, radix) = if length > 0 {
            rest.next();
            (rest.clone().take(length).collect::<String>(), 16)
        } else {
            (rest.clone().take(3).take_while(|c| c.is_digit(8)).collect::<String>(), 8)
        };
        out.extend(u32::from_str_radix(&digits, radix).ok().and_then(char::from_u32));
        rest.by_ref().take(digits.chars().count()).for_each(drop);
    }
    out
}
