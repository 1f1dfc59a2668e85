//! Keeps the beginning and the end of a stream of any length in bounded memory.

use std::collections::VecDeque;

use crate::{Captured, Limits};

/// A stream being kept: never more than head and tail, with the count of all that passed.
#[derive(Debug)]
pub(super) struct Capture {
    head: Vec<u8>,
    head_limit: usize,
    tail: VecDeque<u8>,
    tail_limit: usize,
    total: u64,
}

impl Capture {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            head: Vec::new(),
            head_limit: limits.output_head_bytes,
            tail: VecDeque::new(),
            tail_limit: limits.output_tail_bytes,
            total: 0,
        }
    }

    /// How many bytes passed.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Takes in what was read.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        let room = self.head_limit - self.head.len();
        let (head, rest) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
        self.head.extend_from_slice(head);
        let rest = rest.rchunks(self.tail_limit.max(1)).next().unwrap_or_default();
        let excess = (self.tail.len() + rest.len()).saturating_sub(self.tail_limit);
        self.tail.drain(..excess.min(self.tail.len()));
        if self.tail_limit > 0 {
            self.tail.extend(rest);
        }
    }

    /// What was kept: in one piece where nothing is missing.
    pub(super) fn finish(self) -> Captured {
        let Self { mut head, tail, total, .. } = self;
        let mut tail = Vec::from(tail);
        if (head.len() + tail.len()) as u64 == total {
            head.append(&mut tail);
        }
        Captured { head, tail, total_bytes: total }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captured(head: usize, tail: usize, chunks: &[&[u8]]) -> Captured {
        let limits = Limits { output_head_bytes: head, output_tail_bytes: tail, ..Limits::default() };
        let mut capture = Capture::new(&limits);
        for chunk in chunks {
            capture.push(chunk);
            assert!(capture.head.len() <= head && capture.tail.len() <= tail);
        }
        capture.finish()
    }

    #[test]
    fn head_and_tail_are_exact_however_the_stream_is_cut() {
        let text: Vec<u8> = (0..=255).collect();
        for (head, tail) in [(0, 0), (0, 5), (5, 0), (4, 4), (100, 7), (200, 56), (300, 300), (255, 1)] {
            for size in [1, 3, 7, 64, 255, 256] {
                let chunks: Vec<&[u8]> = text.chunks(size).collect();
                let kept = captured(head, tail, &chunks);
                assert_eq!(kept.total_bytes, 256);
                if head + tail >= 256 {
                    assert_eq!((kept.head.as_slice(), kept.tail.as_slice()), (text.as_slice(), &[][..]));
                } else {
                    assert_eq!(kept.head, text[..head], "{head} {tail} {size}");
                    assert_eq!(kept.tail, text[256 - tail..], "{head} {tail} {size}");
                }
                assert_eq!(kept.omitted_bytes(), 256_usize.saturating_sub(head + tail) as u64);
            }
        }
    }

    #[test]
    fn empty_stream_is_empty() {
        assert_eq!(captured(4, 4, &[]), Captured::default());
    }
}
