//! Short paths below `/proc`, put together without memory to allocate.
#![forbid(unsafe_code)]

use core::ffi::CStr;

/// Room for `4194304/task/4194304/smaps_rollup`, the longest path in use, twice over.
const CAPACITY: usize = 80;

/// A path in the making.
#[derive(Clone, Copy)]
pub(crate) struct Path {
    bytes: [u8; CAPACITY],
    length: usize,
}

impl Path {
    pub(crate) fn new() -> Self {
        Self { bytes: [0; CAPACITY], length: 0 }
    }

    /// Appends bytes; those that do not fit make [`as_c_str`](Self::as_c_str) refuse the path.
    pub(crate) fn text(mut self, text: &[u8]) -> Self {
        for byte in text {
            if let Some(space) = self.bytes.get_mut(self.length) {
                *space = *byte;
            }
            self.length = self.length.saturating_add(1);
        }
        self
    }

    /// Appends a number in decimal.
    pub(crate) fn number(self, number: impl Into<u64>) -> Self {
        let mut digits = [0_u8; 20];
        let mut rest: u64 = number.into();
        let mut used = 0;
        for space in digits.iter_mut().rev() {
            // A remainder of ten fits.
            *space = b'0' + (rest % 10) as u8;
            rest /= 10;
            used += 1;
            if rest == 0 {
                break;
            }
        }
        let (_, digits) = digits.split_at(digits.len() - used);
        self.text(digits)
    }

    /// The path, if it fit.
    pub(crate) fn as_c_str(&self) -> Option<&CStr> {
        let with_end = self.bytes.get(..=self.length)?;
        CStr::from_bytes_with_nul(with_end).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_decimal() {
        for number in [0, 7, 10, 4_194_304, u64::MAX] {
            let path = Path::new().number(number).text(b"/task");
            assert_eq!(path.as_c_str().unwrap().to_str().unwrap(), format!("{number}/task"));
        }
    }

    #[test]
    fn path_that_does_not_fit_is_refused() {
        assert!(Path::new().text(&[b'a'; CAPACITY - 1]).as_c_str().is_some());
        assert!(Path::new().text(&[b'a'; CAPACITY]).as_c_str().is_none());
    }
}
