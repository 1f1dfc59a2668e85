//! Folds operators, slices and builtins over constants.
//!
//! Sizes are bounded: a result longer than [`LONGEST_TEXT`] is unknown, and no operation costs more than its result.

use std::rc::Rc;

use ruff_python_ast::Operator;

use super::format;
use super::paths::UNKNOWN;
use super::value::{LONGEST_TEXT, Value};

/// Applies a binary operator.
pub(super) fn binary(operator: Operator, left: &Value, right: &Value) -> Value {
    left.each_pair(right, |left, right| match operator {
        Operator::Add => add(left, right),
        Operator::Mod if matches!(left, Value::Text(_) | Value::Bytes(_)) => format::percent(left, right),
        Operator::Mult => multiply(left, right),
        Operator::Div => divide(left, right),
        _ => match (left, right) {
            (Value::Int(left), Value::Int(right)) => integer(operator, *left, *right),
            _ => Value::Unknown,
        },
    })
}

fn add(left: &Value, right: &Value) -> Value {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => concatenated(left, right),
        // What is unknown may still end in a name, or begin below a known directory.
        (Value::Text(left), Value::Unknown | Value::Name(_)) => concatenated(left, &UNKNOWN.to_string()),
        (Value::Unknown | Value::Name(_), Value::Text(right)) => concatenated(&UNKNOWN.to_string(), right),
        (Value::Bytes(left), Value::Bytes(right)) => Value::bytes(&[left.as_ref(), right.as_ref()].concat()),
        (Value::Sequence(left), Value::Sequence(right)) if left.len() + right.len() <= 4096 => {
            Value::sequence([left.as_ref(), right.as_ref()].concat())
        }
        (Value::Int(left), Value::Int(right)) => left.checked_add(*right).map_or(Value::Unknown, Value::Int),
        _ => Value::Unknown,
    }
}

fn concatenated(left: &str, right: &str) -> Value {
    if left.len() + right.len() > LONGEST_TEXT {
        Value::Unknown
    } else {
        Value::text(&[left, right].concat())
    }
}

fn multiply(left: &Value, right: &Value) -> Value {
    let (repeated, times) = match (left, right) {
        (Value::Int(left), Value::Int(right)) => {
            return left.checked_mul(*right).map_or(Value::Unknown, Value::Int);
        }
        (repeated, Value::Int(times)) | (Value::Int(times), repeated) => (repeated, *times),
        _ => return Value::Unknown,
    };
    let times = usize::try_from(times.max(0)).unwrap_or(usize::MAX);
    let fits = |length: usize| length.saturating_mul(times) <= LONGEST_TEXT;
    match repeated {
        Value::Text(text) if fits(text.len()) => Value::text(&text.repeat(times)),
        Value::Bytes(bytes) if fits(bytes.len()) => Value::bytes(&bytes.repeat(times)),
        Value::Sequence(values) if values.len().saturating_mul(times) <= 1024 => {
            Value::sequence(std::iter::repeat_n(values.as_ref(), times).flatten().cloned().collect())
        }
        _ => Value::Unknown,
    }
}

/// Division, or joining a `pathlib` path.
fn divide(left: &Value, right: &Value) -> Value {
    match (left, right) {
        (Value::Path(_), right) => joined_path(&[left.clone(), right.clone()]),
        (Value::Text(_), Value::Path(_)) => joined_path(&[left.clone(), right.clone()]),
        _ => Value::Unknown,
    }
}

/// The path of `pathlib.Path(*parts)`, which begins anew at each absolute part.
pub(super) fn joined_path(parts: &[Value]) -> Value {
    let mut path = String::new();
    for part in parts {
        let part = part.path().unwrap_or_else(|| UNKNOWN.to_string());
        if part.starts_with('/') {
            path.clear();
        } else if !path.is_empty() && !path.ends_with('/') {
            path.push('/');
        }
        path.push_str(&part);
    }
    if path.len() > LONGEST_TEXT { Value::Unknown } else { Value::Path(path.into()) }
}

fn integer(operator: Operator, left: i64, right: i64) -> Value {
    let result = match operator {
        Operator::Sub => left.checked_sub(right),
        Operator::FloorDiv => left.checked_div_euclid(right).filter(|_| right > 0),
        Operator::Mod => left.checked_rem_euclid(right).filter(|_| right > 0),
        Operator::Pow => u32::try_from(right).ok().and_then(|right| left.checked_pow(right)),
        Operator::LShift => {
            u32::try_from(right).ok().filter(|right| *right < 32).map(|right| left.wrapping_shl(right))
        }
        Operator::RShift => u32::try_from(right).ok().and_then(|right| left.checked_shr(right)),
        Operator::BitOr => Some(left | right),
        Operator::BitXor => Some(left ^ right),
        Operator::BitAnd => Some(left & right),
        _ => None,
    };
    result.map_or(Value::Unknown, Value::Int)
}

/// `value[lower:upper:step]`, where an absent bound is `None`.
pub(super) fn slice(value: &Value, lower: Option<i64>, upper: Option<i64>, step: i64) -> Value {
    value.each(|value| {
        let Some(elements) = value.elements() else { return Value::Unknown };
        let taken = sliced(&elements, lower, upper, step);
        match value {
            Value::Text(_) => join("", &taken),
            Value::Bytes(_) => bytes_of(&taken),
            _ => Value::sequence(taken),
        }
    })
}

fn sliced(elements: &[Value], lower: Option<i64>, upper: Option<i64>, step: i64) -> Vec<Value> {
    let length = i64::try_from(elements.len()).unwrap_or(i64::MAX);
    let (low, high) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let clamp = |bound: i64| (if bound < 0 { bound.saturating_add(length) } else { bound }).clamp(low, high);
    let (first, last) = if step > 0 { (low, high) } else { (high, low) };
    let mut at = lower.map_or(first, clamp);
    let end = upper.map_or(last, clamp);
    let mut taken = Vec::new();
    while step != 0 && (step > 0 && at < end || step < 0 && at > end) {
        if let Some(value) = usize::try_from(at).ok().and_then(|at| elements.get(at)) {
            taken.push(value.clone());
        }
        at = at.saturating_add(step);
    }
    taken
}

/// `separator.join(parts)`.
pub(super) fn join(separator: &str, parts: &[Value]) -> Value {
    let mut text = String::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            text.push_str(separator);
        }
        match part {
            Value::Text(part) => text.push_str(part),
            _ => text.push(UNKNOWN),
        }
        if text.len() > LONGEST_TEXT {
            return Value::Unknown;
        }
    }
    Value::text(&text)
}

fn bytes_of(values: &[Value]) -> Value {
    let bytes = values.iter().map(|value| match value {
        Value::Int(byte) => u8::try_from(*byte).ok(),
        _ => None,
    });
    bytes.collect::<Option<Vec<u8>>>().map_or(Value::Unknown, |bytes| Value::bytes(&bytes))
}

/// What `str(value)` and `{value}` give.
pub(super) fn displayed(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) | Value::Path(text) => Some(text.to_string()),
        Value::Int(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Calls a builtin with constants; `None` where it is no builtin that folds.
pub(super) fn builtin(name: &str, args: &[Value]) -> Option<Value> {
    let first = args.first().unwrap_or(&Value::Unknown);
    Some(match (name, args) {
        ("str" | "bytes", [Value::Bytes(_), Value::Text(_), ..]) => {
            super::methods::decoded(first, args.get(1))
        }
        ("str" | "format", _) => displayed(first).map_or(Value::Unknown, |text| Value::text(&text)),
        ("bytes" | "bytearray", [Value::Text(text), ..]) => Value::bytes(text.as_bytes()),
        ("bytes" | "bytearray", [Value::Bytes(_)]) | ("int", [Value::Int(_)]) => first.clone(),
        ("bytes" | "bytearray", [value]) => {
            value.elements().map_or(Value::Unknown, |values| bytes_of(&values))
        }
        ("chr", [Value::Int(code)]) => u32::try_from(*code)
            .ok()
            .and_then(char::from_u32)
            .map_or(Value::Unknown, |c| Value::text(c.encode_utf8(&mut [0; 4]))),
        ("ord", [Value::Text(text)]) => {
            text.chars().next().map_or(Value::Unknown, |c| Value::Int(i64::from(u32::from(c))))
        }
        ("ord", [Value::Bytes(bytes)]) => {
            bytes.first().map_or(Value::Unknown, |byte| Value::Int(i64::from(*byte)))
        }
        ("int", [Value::Text(text)]) => text.trim().parse().map_or(Value::Unknown, Value::Int),
        ("int", [Value::Text(text), Value::Int(base)]) => {
            parsed_int(text, *base).map_or(Value::Unknown, Value::Int)
        }
        ("hex", [Value::Int(number)]) => Value::text(&format!("{number:#x}")),
        ("abs", [Value::Int(number)]) => Value::Int(number.saturating_abs()),
        ("list" | "tuple" | "iter" | "set" | "frozenset", [value]) => match value.elements() {
            Some(values) => Value::sequence(values),
            None => {
                value.each(|value| if value.as_name().is_some() { value.clone() } else { Value::Unknown })
            }
        },
        ("sorted", [value]) => match value.elements() {
            Some(values) => Value::sequence(values),
            None => Value::Unknown,
        },
        ("reversed", [value]) => value.elements().map_or(Value::Unknown, |mut values| {
            values.reverse();
            Value::sequence(values)
        }),
        ("next" | "min" | "max", [value, ..]) => value.element(),
        ("enumerate", [value, ..]) => value.elements().map_or(Value::Unknown, |values| {
            let pairs = values
                .into_iter()
                .zip(0..)
                .map(|(value, index)| Value::sequence(vec![Value::Int(index), value]));
            Value::sequence(pairs.collect())
        }),
        ("range", _) => range(args),
        ("zip", [left, right]) => match (left.elements(), right.elements()) {
            (Some(left), Some(right)) => Value::sequence(
                left.into_iter().zip(right).map(|(left, right)| Value::sequence(vec![left, right])).collect(),
            ),
            _ => Value::Unknown,
        },
        ("dict", [value]) if matches!(value, Value::Mapping(_)) => value.clone(),
        _ => return None,
    })
}

fn parsed_int(text: &str, base: i64) -> Option<i64> {
    let text = text.trim().to_ascii_lowercase();
    let base = u32::try_from(base).ok()?;
    let digits = match base {
        16 => text.strip_prefix("0x").unwrap_or(&text),
        8 => text.strip_prefix("0o").unwrap_or(&text),
        2 => text.strip_prefix("0b").unwrap_or(&text),
        10 => &text,
        _ => return None,
    };
    i64::from_str_radix(digits, base).ok()
}

fn range(args: &[Value]) -> Value {
    let bounds: Option<Vec<i64>> =
        args.iter().map(|value| if let Value::Int(number) = value { Some(*number) } else { None }).collect();
    let (start, end, step) = match bounds.as_deref() {
        Some([end]) => (0, *end, 1),
        Some([start, end]) => (*start, *end, 1),
        Some([start, end, step]) if *step != 0 => (*start, *end, *step),
        _ => return Value::Unknown,
    };
    let mut values = Vec::new();
    let mut at = start;
    while step > 0 && at < end || step < 0 && at > end {
        if values.len() >= 256 {
            return Value::Unknown;
        }
        values.push(Value::Int(at));
        at = at.saturating_add(step);
    }
    Value::Sequence(Rc::from(values))
}
